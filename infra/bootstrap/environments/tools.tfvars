environment         = "tools"
account_id          = "444444444444"
region              = "eu-west-1"
repository          = "smartstack/smartstack"
registry_account_id = "444444444444"
registry_readers    = ["111111111111", "222222222222", "333333333333"]
