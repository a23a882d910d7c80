"""`python -m smartstack_gateway serve|migrate`."""

import sys

from smartstack_gateway.main import main

sys.exit(main())
