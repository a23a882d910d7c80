terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.62"
    }
  }

  # Which bucket, environments/<environment>.backend.hcl says: an account, a bucket, a key each.
  backend "s3" {}
}
