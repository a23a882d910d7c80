terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.62"
    }
  }

  # The bucket is made in here: the first apply keeps its state in a file, which then moves (README.md).
  backend "s3" {}
}
