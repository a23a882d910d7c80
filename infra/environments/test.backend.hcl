bucket       = "smartstack-test-111111111111-state"
key          = "smartstack.tfstate"
region       = "eu-west-1"
encrypt      = true
kms_key_id   = "alias/smartstack-test-state"
use_lockfile = true
