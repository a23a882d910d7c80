"""What the API of labels accepts and returns."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import MISSING, BaseModel, ConfigDict, Field

from smartstack_chassis.http.inputs import Input, VisibleText
from smartstack_chassis.http.pagination import Page
from smartstack_contracts.events.tasks import LabelColor
from smartstack_tasks.labels import domain

LabelName = Annotated[str, Field(min_length=1, max_length=domain.MAX_LABEL_NAME), VisibleText]


class NewLabel(Input):
    """A label to create. Its name differs from the workspace's other labels in more than case and accents."""

    name: LabelName
    color: LabelColor = LabelColor.GRAY


class LabelChanges(Input):
    """What to change about a label; what is left out stays as it is."""

    name: LabelName | MISSING = MISSING
    color: LabelColor | MISSING = MISSING

    def as_dict(self) -> dict[str, Any]:
        """Return the fields that were sent."""
        return self.model_dump()


class Label(BaseModel):
    """A word that tasks carry. `open_tasks` counts the open ones."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    color: LabelColor
    open_tasks: int
    version: int
    created_at: datetime
    updated_at: datetime


class LabelPage(Page[Label]):
    """Labels by name."""
