"""Maps what botocore raises, and what batches report, to this package's errors.

SQS answers in JSON but keeps its old codes for compatibility, so the modelled exception class is the reliable
name; a batch entry carries only a code.
"""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)

from faststream_sqs.exceptions import (
    AccessDeniedError,
    DestinationNotFoundError,
    InvalidMessageError,
    LeaseLostError,
    NetworkError,
    OverLimitError,
    ServerError,
    ThrottledError,
    TransportError,
)

_BY_NAME: dict[str, type[TransportError]] = {
    "RequestThrottled": ThrottledError,
    "ThrottledException": ThrottledError,
    "Throttling": ThrottledError,
    "ThrottlingException": ThrottledError,
    "RequestLimitExceeded": ThrottledError,
    "TooManyRequestsException": ThrottledError,
    "KmsThrottled": ThrottledError,
    "KMSThrottlingException": ThrottledError,
    "SlowDown": ThrottledError,
    "InternalError": ServerError,
    "InternalFailure": ServerError,
    "InternalErrorException": ServerError,
    "ServiceUnavailable": ServerError,
    "RequestTimeout": ServerError,
    "OverLimit": OverLimitError,
    "QueueDoesNotExist": DestinationNotFoundError,
    "NonExistentQueue": DestinationNotFoundError,
    "QueueDeletedRecently": DestinationNotFoundError,
    "NotFoundException": DestinationNotFoundError,
    "NotFound": DestinationNotFoundError,
    "ReceiptHandleIsInvalid": LeaseLostError,
    "MessageNotInflight": LeaseLostError,
    "InvalidMessageContents": InvalidMessageError,
    "BatchRequestTooLong": InvalidMessageError,
    "BatchRequestTooLongException": InvalidMessageError,
    "MessageTooLong": InvalidMessageError,
    "AccessDenied": AccessDeniedError,
    "AccessDeniedException": AccessDeniedError,
    "AuthorizationErrorException": AccessDeniedError,
    "AuthorizationError": AccessDeniedError,
    "InvalidSecurity": AccessDeniedError,
    "InvalidClientTokenId": AccessDeniedError,
    "UnrecognizedClientException": AccessDeniedError,
    "SignatureDoesNotMatch": AccessDeniedError,
    "ExpiredToken": AccessDeniedError,
    "ExpiredTokenException": AccessDeniedError,
    "KmsAccessDenied": AccessDeniedError,
    "KMSAccessDeniedException": AccessDeniedError,
    "KmsDisabled": AccessDeniedError,
    "KMSDisabledException": AccessDeniedError,
    "KmsNotFound": AccessDeniedError,
    "KMSNotFoundException": AccessDeniedError,
    "KmsInvalidState": AccessDeniedError,
    "KMSInvalidStateException": AccessDeniedError,
    "KmsInvalidKeyUsage": AccessDeniedError,
    "KmsOptInRequired": AccessDeniedError,
    "KMSOptInRequired": AccessDeniedError,
}

# SQS has no code of its own for an expired lease: it is an InvalidParameterValue with one of these texts
_LEASE_TEXTS = ("not available for visibility timeout change", "receipt handle has expired")


def from_code(code: str, message: str, *, status: int = 400) -> TransportError:
    """The error for a service's code, message and HTTP status."""
    name = code.rpartition(".")[2]
    text = f"{name}: {message}"
    if (kind := _BY_NAME.get(name)) is not None:
        return kind(text)
    if name in {"InvalidParameterValue", "InvalidParameterValueException", "InvalidParameter"}:
        lease_lost = any(part in message for part in _LEASE_TEXTS)
        return LeaseLostError(text) if lease_lost else InvalidMessageError(text)
    if status >= 500:
        return ServerError(text)
    if status == 429:
        return ThrottledError(text)
    if status in {401, 403}:
        return AccessDeniedError(text)
    return TransportError(text)


def from_exception(error: Exception) -> TransportError:
    """The error for what a botocore client raised."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        modelled = type(error).__name__
        code = details.get("Code", "Unknown") if modelled == "ClientError" else modelled
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        return from_code(str(code), details.get("Message", ""), status=status)
    if isinstance(error, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        return AccessDeniedError(str(error))
    if isinstance(error, BotoConnectionError | HTTPClientError | OSError | TimeoutError):
        return NetworkError(f"{type(error).__name__}: {error}")
    if isinstance(error, BotoCoreError):
        return TransportError(f"{type(error).__name__}: {error}")
    # an answer that is cut off surfaces as a parser's error
    return NetworkError(f"unreadable answer: {type(error).__name__}: {error}")
