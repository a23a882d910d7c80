"""`python -m smartstack_comms [serve | migrate]`."""

import sys

from smartstack_comms.main import main

sys.exit(main())
