"""The ops process of the local stack: collects traces and metrics over OTLP, and shows them with the dead letters.

    services ──OTLP/HTTP──▶ /v1/traces /v1/metrics ──▶ SQLite <─┐
    gateway ──/api/v1/ops/*──▶ traces, metrics, queues ─────────┘
                               dead letters, audit ──▶ SQS, S3

`python -m smartstack_ops` runs it. It listens on the loopback interface alone.
"""
