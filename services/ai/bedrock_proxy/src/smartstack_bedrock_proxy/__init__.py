"""The proxy before Bedrock: tokens, model list, budget, prompt log and kill switch, in Bedrock's own wire format."""
