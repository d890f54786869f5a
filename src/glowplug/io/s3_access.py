"""How an S3 store is reached: Hadoop's settings, as `s3fs` and as Rust's `object_store` want them."""

from __future__ import annotations

import errno
import posixpath
from dataclasses import dataclass, field
from typing import Any

from glowplug.errors import ExecutionError
from glowplug.source_options import Settings

KEYS = (
    "access.key", "secret.key", "session.token", "endpoint", "endpoint.region", "path.style.access",
    "connection.ssl.enabled", "aws.credentials.provider",
)  # fmt: skip
_ANONYMOUS = "AnonymousAWSCredentialsProvider"
_NO_CREDENTIALS = (
    "there are no credentials for S3: give fs.s3a.access.key and fs.s3a.secret.key, or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY in the environment"
)


@dataclass(frozen=True, slots=True)
class Access:
    """`values` are those of the settings `fs.s3a.` + KEYS, or of the same behind `spark.hadoop.`."""

    scheme: str
    values: tuple[str | None, ...] = field(repr=False)  # secrets are among them

    @staticmethod
    def of(scheme: str, settings: Settings) -> Access:
        return Access(scheme, tuple(_setting(settings, name) for name in KEYS))

    @property
    def given(self) -> dict[str, str | None]:
        return dict(zip(KEYS, self.values, strict=True))

    @property
    def _endpoint(self) -> str | None:
        endpoint = self.given["endpoint"]
        if endpoint and "://" not in endpoint:
            return ("http://" if self.given["connection.ssl.enabled"] == "false" else "https://") + endpoint
        return endpoint

    @property
    def _anonymous(self) -> bool:
        return _ANONYMOUS in (self.given["aws.credentials.provider"] or "")

    def client(self) -> Any:
        """An `s3fs` file system. Raises UNSUPPORTED_FILE_SYSTEM where there is no s3fs."""
        try:
            import s3fs
        except ImportError:
            raise ExecutionError("UNSUPPORTED_FILE_SYSTEM", scheme=f"{self.scheme} (install s3fs)") from None
        given, endpoint = self.given, self._endpoint
        client: dict[str, Any] = {"endpoint_url": endpoint} if endpoint else {}
        if given["endpoint.region"]:
            client["region_name"] = given["endpoint.region"]
        style = {"s3": {"addressing_style": "path"}} if given["path.style.access"] == "true" else {}
        return _client(s3fs, self.scheme)(
            anon=self._anonymous,
            key=given["access.key"],
            secret=given["secret.key"],
            token=given["session.token"],
            client_kwargs=client,
            config_kwargs=style,
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    def object_store(self) -> dict[str, str]:
        """The options of libraries on Rust's `object_store`."""
        given, endpoint = self.given, self._endpoint
        options = {
            "aws_access_key_id": given["access.key"],
            "aws_secret_access_key": given["secret.key"],
            "aws_session_token": given["session.token"],
            "aws_region": given["endpoint.region"] or ("us-east-1" if endpoint else None),
            "aws_endpoint_url": endpoint,
            "aws_skip_signature": "true" if self._anonymous else None,
            "aws_allow_http": "true" if (endpoint or "").startswith("http://") else None,
            "aws_virtual_hosted_style_request": "false" if endpoint or given["path.style.access"] == "true" else None,
        }
        return {k: v for k, v in options.items() if v}


def _setting(settings: Settings, key: str) -> str | None:
    name = f"fs.s3a.{key}"
    return settings.get_option(name) or settings.get_option(f"spark.hadoop.{name}")


def _client(s3fs: Any, scheme: str) -> Any:
    """The library's class, with failures that all are OSErrors and name the object."""
    from botocore.exceptions import BotoCoreError, NoCredentialsError  # type: ignore[import-untyped]

    class Client(s3fs.S3FileSystem):  # type: ignore[misc]
        async def _call_s3(self, method: str, *args: Any, **named: Any) -> Any:
            try:
                return await super()._call_s3(method, *args, **named)
            except (BotoCoreError, OSError) as error:
                uri = f"{scheme}://" + posixpath.join(*(named[k] for k in ("Bucket", "Key", "Prefix") if k in named))
                if isinstance(error, OSError):
                    error.errno, error.strerror = error.errno or errno.EIO, error.strerror or str(error)
                    error.filename = error.filename or uri
                    raise
                if isinstance(error, NoCredentialsError):
                    raise PermissionError(errno.EACCES, _NO_CREDENTIALS, uri) from error
                raise OSError(errno.EIO, str(error), uri) from error

    return Client
