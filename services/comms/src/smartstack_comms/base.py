"""The base of this service's tables. Row-level security keeps each transaction within its workspace."""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from smartstack_chassis.database.engine import COLUMN_TYPES, NAMING


class Base(DeclarativeBase):
    """Base of this service's tables; metadata of its own, as two services may have a table of the same name."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = COLUMN_TYPES
