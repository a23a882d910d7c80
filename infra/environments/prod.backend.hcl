bucket       = "smartstack-prod-333333333333-state"
key          = "smartstack.tfstate"
region       = "eu-west-1"
encrypt      = true
kms_key_id   = "alias/smartstack-prod-state"
use_lockfile = true
