"""Workers for the measurements of faststream-sqs, and what runs them."""
