"""Values about messages that capabilities share."""

from typing import Annotated

from pydantic import Field

from smartstack_chassis.http.inputs import Storable
from smartstack_comms.messages import domain

Body = Annotated[str, Field(min_length=1, max_length=domain.MAX_BODY), Storable]
"""The text of a message."""
