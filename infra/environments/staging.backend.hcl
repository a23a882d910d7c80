bucket       = "smartstack-staging-222222222222-state"
key          = "smartstack.tfstate"
region       = "eu-west-1"
encrypt      = true
kms_key_id   = "alias/smartstack-staging-state"
use_lockfile = true
