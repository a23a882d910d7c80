"""Engines that read one message and propose work; all of them sit behind :mod:`smartstack_ai.llm.port`."""
