"""`python -m smartstack_tasks [serve | migrate]`."""

import sys

from smartstack_tasks.main import main

sys.exit(main())
