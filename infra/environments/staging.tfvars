environment = "staging"
account_id  = "222222222222"
region      = "eu-west-1"

network = {
  cidr  = "10.20.0.0/16"
  zones = ["eu-west-1a", "eu-west-1b"]
  nat   = "none"
}

database = {
  instance_class = "db.t4g.micro"
  storage_gb     = 20
  max_storage_gb = 50
  multi_az       = false
  backup_days    = 7
}

services = {
  ai = {
    cpu                        = 256
    memory                     = 1024
    min_tasks                  = 1
    max_tasks                  = 2
    on_demand_base             = 0
    seconds_per_message        = 0.1
    acceptable_latency_seconds = 10
  }
  comms = {
    cpu                        = 256
    memory                     = 512
    min_tasks                  = 1
    max_tasks                  = 2
    on_demand_base             = 0
    seconds_per_message        = 0.02
    acceptable_latency_seconds = 2
  }
  gateway = {
    cpu                        = 256
    memory                     = 512
    min_tasks                  = 1
    max_tasks                  = 2
    on_demand_base             = 0
    seconds_per_message        = 0.02
    acceptable_latency_seconds = 2
  }
  tasks = {
    cpu                        = 256
    memory                     = 512
    min_tasks                  = 1
    max_tasks                  = 2
    on_demand_base             = 0
    seconds_per_message        = 0.02
    acceptable_latency_seconds = 2
  }
}

image_registry = "444444444444.dkr.ecr.eu-west-1.amazonaws.com"

# Prices in USD per million tokens, input and output; ids and prices are Bedrock's, to be looked up before the first deploy.
models = {
  "eu.anthropic.claude-haiku-4-5-20251001-v1:0" = {
    foundation_model = "anthropic.claude-haiku-4-5-20251001-v1:0"
    regions          = ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"]
    price            = [1.1, 5.5]
  }
}
model                = "eu.anthropic.claude-haiku-4-5-20251001-v1:0"
engine               = "bedrock"
workspace_budget_usd = 1
# A new account has a quota of 10 concurrent calls and may reserve none of them; raise the quota first, then set this.
proxy_concurrency    = null

# People who are on call; to be replaced like the account ids.
notification_emails = ["on-call@example.com"]

monthly_budget_usd = 150
audit_lock_days    = 7
log_retention_days = 14
