"""Accounts, their tokens, one-time links and roles."""

from datetime import datetime

from sqlalchemy import Column, String, UniqueConstraint
from sqlmodel import Field

from arena.store.models.base import SQLModel


class User(SQLModel, table=True):
    __tablename__ = "user_account"
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(sa_column=Column(String(254), unique=True, nullable=False))  # lower case
    name: str
    affiliation: str = ""
    language: str = "ko"
    password_hash: str | None = None
    is_admin: bool = False
    is_creator: bool = False
    mail_notices: bool = True  # whether notices come by mail too, where the site sends mail
    created_at: datetime
    disabled_at: datetime | None = None
    email_verified_at: datetime | None = None  # when a link that was mailed to the present address was opened
    deleted_at: datetime | None = (
        None  # its owner has left: name, address and affiliation are erased, what was submitted stays
    )


class SignIn(SQLModel, table=True):
    """One session of an account: the browser's cookie names it by a secret, and it can be ended from the server's side."""

    __tablename__ = "sign_in"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    key_hash: str = Field(unique=True)  # SHA-256 of a 32-byte random secret
    device: str = ""  # browser and system in two words, for its owner to recognise
    started_at: datetime
    ended_at: datetime | None = None


class ApiToken(SQLModel, table=True):
    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    name: str
    token_hash: str = Field(unique=True)  # SHA-256 of a 32-byte random secret
    hint: str  # its first characters, for the account page
    scopes: str  # what it may do, its words apart by spaces: read | submit | organize
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class Link(SQLModel, table=True):
    """A one-time link: the first administrator's set-up, an invitation to sign up, a password reset, an address to verify."""

    __tablename__ = "one_time_link"
    id: int | None = Field(default=None, primary_key=True)
    purpose: str  # setup | signup | reset | verify | asked (for a reset, and not answered yet: nobody has its code)
    code_hash: str = Field(unique=True)
    user_id: int | None = Field(default=None, foreign_key="user_account.id")
    email: str = ""  # the address that opening the link verifies; a new one becomes the account's; of `asked`: as typed
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None  # or when a newer one, or a change of the account, ended it


class Grant(SQLModel, table=True):
    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "challenge_id", "role"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    role: str  # organizer | judge
    created_at: datetime
