"""The table of share links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.orm import Mapped, mapped_column

from smartstack_chassis.database.engine import Base

_Time = DateTime(timezone=True)


class ShareLinkRow(Base):
    """A link that lets a client in, by the digest of its token. Keeps the client's name as it was last heard of."""

    __tablename__ = "share_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    client_id: Mapped[UUID]
    client_name: Mapped[str]
    client_version: Mapped[int]
    digest: Mapped[bytes]
    created_by: Mapped[UUID]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(_Time)
    updated_at: Mapped[datetime] = mapped_column(_Time)
    expires_at: Mapped[datetime] = mapped_column(_Time)
    revoked_at: Mapped[datetime | None] = mapped_column(_Time)
    use_count: Mapped[int]
    last_used_at: Mapped[datetime | None] = mapped_column(_Time)
