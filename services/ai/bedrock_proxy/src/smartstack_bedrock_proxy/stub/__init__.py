"""A Bedrock of our own for tests and for trying things locally: the Converse wire format, answers by script.

    stub = Stub()
    stub.script(Failure("ThrottlingException"), Answer(text="yes"))     # one behaviour for each call, in order
    with serving(stub) as url: ...                                      # real HTTP on a free port

Without a script it answers at once: a tool that the request forces gets input made from its schema, else a short text.
It checks no signature, but keeps each request with its headers. `python -m smartstack_bedrock_proxy.stub` runs it.
"""

from smartstack_bedrock_proxy.stub.behaviour import ERRORS, Answer, Cut, Failure, Slow
from smartstack_bedrock_proxy.stub.server import Received, Stub, serving

__all__ = ["ERRORS", "Answer", "Cut", "Failure", "Received", "Slow", "Stub", "serving"]
