"""Run as a program in a fork: creates the database, the schemas and the roles.

SMARTSTACK_PROVISION holds {"admin_url", "database", "services": [{"service", "app_password", "migrator_password"}],
"auditor": its password}.
"""

import asyncio
import json
import os

from smartstack_chassis.database.provision import AuditorAccess, ServiceAccess, provision


def main() -> None:
    """Read the order from the environment and carry it out."""
    order = json.loads(os.environ["SMARTSTACK_PROVISION"])
    accesses = [ServiceAccess(**access) for access in order["services"]]
    asyncio.run(provision(order["admin_url"], order["database"], accesses, AuditorAccess(order["auditor"])))


if __name__ == "__main__":
    main()
