bucket       = "smartstack-tools-444444444444-state"
key          = "bootstrap.tfstate"
region       = "eu-west-1"
encrypt      = true
kms_key_id   = "alias/smartstack-tools-state"
use_lockfile = true
