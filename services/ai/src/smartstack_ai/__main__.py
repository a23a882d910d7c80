"""`python -m smartstack_ai serve|migrate`."""

import sys

from smartstack_ai.main import main

sys.exit(main())
