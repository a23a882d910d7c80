"""What tests of services share: a harness on a real database, conformance tests, forged tokens."""
