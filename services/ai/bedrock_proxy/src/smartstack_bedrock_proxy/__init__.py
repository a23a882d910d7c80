"""The proxy in front of Bedrock: tokens, model list, budget, prompt log and kill switch, in Bedrock's own wire format."""
