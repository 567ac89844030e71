"""Packs: folders in, a frozen Catalogue and findings out. Refuses Python, half-valid packs, unknown keys.

A province is a folder with `province.yaml`; it names packs, each a folder with `pack.yaml`, ODCS
contracts, indicators, alerts, simulation settings and words. `load` compiles all of it and gives every
fault at once as a Finding (file, line, code, cure); `compile` raises PackFaults instead.

Packs are searched in `<province>/packs`, its parent's and grandparent's `packs`, TINH_PACKS (a list),
and the checkout's `packs/`. `CODES` titles every finding; `schemas()` are the JSON Schemas for editors;
`reference()` and `contracts_reference()` write the pages in docs/reference. `new_province` and
`new_sector` write working folders.
"""

from tinh.packs.agency import AGENCY_KINDS, Agency, AgencyKind, Alias, Contact, matches, slug
from tinh.packs.axisplace import AxisPlace, Remote
from tinh.packs.called import dataset_called
from tinh.packs.changes import Change, changes
from tinh.packs.compile import Compiled, compile, load
from tinh.packs.connectors import Connector, connector, connectors, secret_name, secrets_named
from tinh.packs.deadlines import due_at, grace_of
from tinh.packs.directory import Directory, entry_of, own_agencies, seated
from tinh.packs.directory import stamp as agencies_stamp
from tinh.packs.errors import (
    FolderTaken,
    NoSuchPack,
    NoSuchProvince,
    NotAnId,
    NotAProvince,
    PackError,
    PackFaults,
)
from tinh.packs.eventway import EventWay
from tinh.packs.feed import KINDS, Cursor, Feed, FeedKind, FolderWay, HttpWay, OAuth, Paging, Schedule
from tinh.packs.feeds import PLACE, seconds
from tinh.packs.findings import CODES
from tinh.packs.foreseen import Foreseen, Target, Verdicts
from tinh.packs.former import ends, versions, with_version
from tinh.packs.index import (
    AggregateRule,
    Assumption,
    Correlation,
    Delivered,
    Doubt,
    Element,
    Evidence,
    Impute,
    ImputeBy,
    Index,
    Normalise,
    NormaliseKind,
    Penalty,
    Scoring,
    Treat,
    TreatThen,
    Weights,
    WeightsKind,
)
from tinh.packs.indexes import index_file
from tinh.packs.layout import TOTALS, FixedColumn, Layout, LearnedLayout, Unpivot
from tinh.packs.layouts import LayoutEntry, LayoutFile
from tinh.packs.learned import Layouts, learned
from tinh.packs.masks import HIDDEN, masked, plain_of
from tinh.packs.meaning import Broken, broken, changed_parts
from tinh.packs.models import (
    Aggregate,
    AlertRule,
    Benchmark,
    CalendarDay,
    Carried,
    Catalogue,
    CleaningStep,
    Column,
    Dataset,
    Expectation,
    Formula,
    Indicator,
    Kind,
    Life,
    Logical,
    Maturity,
    Operator,
    Pack,
    PeriodBinding,
    PlaceBinding,
    PlaceLevel,
    Room,
    Rule,
    RuleKind,
    Simulation,
    Term,
)
from tinh.packs.personal import kernel as kernel_privacy
from tinh.packs.pilot import Columns, GroupTime, Pilot, Predictor, Synthetic, SyntheticDid, Treated
from tinh.packs.pilots import PilotBook, read_pilot
from tinh.packs.privacy import (
    ConsentText,
    DataKind,
    Hook,
    LegalBasis,
    Limit,
    PersonalRegister,
    Privacy,
    Purpose,
    RequestKind,
)
from tinh.packs.process.bundle import pack as pack_process
from tinh.packs.process.bundle import unpack as unpack_process
from tinh.packs.process.entry import DeclaredProcess, Migration
from tinh.packs.process.evaluate import evaluate, holds
from tinh.packs.process.evaluate import fact as fact_of
from tinh.packs.process.iso8601 import Cycle, Duration, NotATime
from tinh.packs.process.iso8601 import moment as iso_moment
from tinh.packs.process.lint import Linted
from tinh.packs.process.lint import folder as process_files
from tinh.packs.process.lint import lint as lint_processes
from tinh.packs.process.model import Action as ProcessAction
from tinh.packs.process.model import ActionField as ProcessField
from tinh.packs.process.model import Definition as ProcessDefinition
from tinh.packs.process.model import Graph as ProcessGraph
from tinh.packs.process.model import Node as ProcessNode
from tinh.packs.process.model import Timer as ProcessTimer
from tinh.packs.process.names import SERVICES
from tinh.packs.process.placing import drawn as drawn_process
from tinh.packs.provincefile import AgencyEntry, AgencyFile
from tinh.packs.published import Shares
from tinh.packs.quality import reads_files
from tinh.packs.reference import contracts_reference, reference
from tinh.packs.reminding import Reminding
from tinh.packs.report import (
    COMMUNE,
    SEVERITIES,
    CannedAnswer,
    Choice,
    Question,
    RefusalReason,
    ReportCategory,
    ReportGroup,
    ReportLimits,
    ReportPhrases,
)
from tinh.packs.scaffold import new_province, new_sector
from tinh.packs.schemas import schemas
from tinh.packs.share import VALUE_COLUMNS, Breaker, Caller, Group, ProxyWay, Reach, Share, ShareFormat
from tinh.packs.signing import Grant, OidcProvider, SessionLength, SignIn, SignInRole
from tinh.packs.siting import Siting, SitingDemand, SitingPhase, SitingSites
from tinh.packs.sitings import Sitings
from tinh.packs.statement import bare, refused_statement
from tinh.packs.streams import MailWay, MqttWay
from tinh.packs.subscription import Receiver, Subscription
from tinh.packs.subscriptions import Subscriptions
from tinh.packs.texts import declared_texts, differing, kept_texts, province_id, shelved
from tinh.packs.tiling import BaseMap
from tinh.packs.types import strptime_of
from tinh.packs.watching import Relation, RelationKind, Watching
from tinh.packs.ways import Gone, S3Way, SftpWay, SqlCursor, SqlWay, Tls

__all__ = [
    "AGENCY_KINDS",
    "CODES",
    "COMMUNE",
    "HIDDEN",
    "KINDS",
    "PLACE",
    "SERVICES",
    "SEVERITIES",
    "TOTALS",
    "VALUE_COLUMNS",
    "Agency",
    "AgencyEntry",
    "AgencyFile",
    "AgencyKind",
    "Aggregate",
    "AggregateRule",
    "AlertRule",
    "Alias",
    "Assumption",
    "AxisPlace",
    "BaseMap",
    "Benchmark",
    "Breaker",
    "Broken",
    "CalendarDay",
    "Caller",
    "CannedAnswer",
    "Carried",
    "Catalogue",
    "Change",
    "Choice",
    "CleaningStep",
    "Column",
    "Columns",
    "Compiled",
    "Connector",
    "ConsentText",
    "Contact",
    "Correlation",
    "Cursor",
    "Cycle",
    "DataKind",
    "Dataset",
    "DeclaredProcess",
    "Delivered",
    "Directory",
    "Doubt",
    "Duration",
    "Element",
    "EventWay",
    "Evidence",
    "Expectation",
    "Feed",
    "FeedKind",
    "FixedColumn",
    "FolderTaken",
    "FolderWay",
    "Foreseen",
    "Formula",
    "Gone",
    "Grant",
    "Group",
    "GroupTime",
    "Hook",
    "HttpWay",
    "Impute",
    "ImputeBy",
    "Index",
    "Indicator",
    "Kind",
    "Layout",
    "LayoutEntry",
    "LayoutFile",
    "Layouts",
    "LearnedLayout",
    "LegalBasis",
    "Life",
    "Limit",
    "Linted",
    "Logical",
    "MailWay",
    "Maturity",
    "Migration",
    "MqttWay",
    "NoSuchPack",
    "NoSuchProvince",
    "Normalise",
    "NormaliseKind",
    "NotAProvince",
    "NotATime",
    "NotAnId",
    "OAuth",
    "OidcProvider",
    "Operator",
    "Pack",
    "PackError",
    "PackFaults",
    "Paging",
    "Penalty",
    "PeriodBinding",
    "PersonalRegister",
    "Pilot",
    "PilotBook",
    "PlaceBinding",
    "PlaceLevel",
    "Predictor",
    "Privacy",
    "ProcessAction",
    "ProcessDefinition",
    "ProcessField",
    "ProcessGraph",
    "ProcessNode",
    "ProcessTimer",
    "ProxyWay",
    "Purpose",
    "Question",
    "Reach",
    "Receiver",
    "RefusalReason",
    "Relation",
    "RelationKind",
    "Reminding",
    "Remote",
    "ReportCategory",
    "ReportGroup",
    "ReportLimits",
    "ReportPhrases",
    "RequestKind",
    "Room",
    "Rule",
    "RuleKind",
    "S3Way",
    "Schedule",
    "Scoring",
    "SessionLength",
    "SftpWay",
    "Share",
    "ShareFormat",
    "Shares",
    "SignIn",
    "SignInRole",
    "Simulation",
    "Siting",
    "SitingDemand",
    "SitingPhase",
    "SitingSites",
    "Sitings",
    "SqlCursor",
    "SqlWay",
    "Subscription",
    "Subscriptions",
    "Synthetic",
    "SyntheticDid",
    "Target",
    "Term",
    "Tls",
    "Treat",
    "TreatThen",
    "Treated",
    "Unpivot",
    "Verdicts",
    "Watching",
    "Weights",
    "WeightsKind",
    "agencies_stamp",
    "bare",
    "broken",
    "changed_parts",
    "changes",
    "compile",
    "connector",
    "connectors",
    "contracts_reference",
    "dataset_called",
    "declared_texts",
    "differing",
    "drawn_process",
    "due_at",
    "ends",
    "entry_of",
    "evaluate",
    "fact_of",
    "grace_of",
    "holds",
    "index_file",
    "iso_moment",
    "kept_texts",
    "kernel_privacy",
    "learned",
    "lint_processes",
    "load",
    "masked",
    "matches",
    "new_province",
    "new_sector",
    "own_agencies",
    "pack_process",
    "plain_of",
    "process_files",
    "province_id",
    "read_pilot",
    "reads_files",
    "reference",
    "refused_statement",
    "schemas",
    "seated",
    "seconds",
    "secret_name",
    "secrets_named",
    "shelved",
    "slug",
    "strptime_of",
    "unpack_process",
    "versions",
    "with_version",
]
