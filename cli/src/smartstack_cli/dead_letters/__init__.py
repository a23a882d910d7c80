"""Dead letters: what no handler could take. Look at them, give them back after the fix, or discard them; audited.

letters   what a message says about itself; groups and choices. Pure
queue     one dead-letter queue: looking without taking, holding, deleting, sending back
audit     who did what, as objects in the bucket `audit`, each written before the deed
service      the operations that command and API share
environment     where all of that is: the local stack, or an environment in the cloud
command   `./smartstack dlq`
"""
