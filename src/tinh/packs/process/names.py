"""The words of the format: namespaces, what is read, what is passed over, what a case always knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinh.kit.errors import Text
from tinh.packs.process.model import EventKind, Kind

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
TINH = "https://tinh.vn/bpmn"
T = f"{{{TINH}}}"

KINDS: dict[str, Kind] = {
    "startEvent": "start",
    "endEvent": "end",
    "task": "none",
    "userTask": "user",
    "manualTask": "user",
    "serviceTask": "service",
    "businessRuleTask": "rule",
    "sendTask": "send",
    "receiveTask": "receive",
    "intermediateCatchEvent": "catch",
    "intermediateThrowEvent": "throw",
    "boundaryEvent": "boundary",
    "callActivity": "call",
    "subProcess": "sub",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
    "eventBasedGateway": "events",
}
ACTIVITIES = frozenset({"user", "service", "rule", "send", "receive", "call", "sub", "none"})
EVENTS: dict[str, EventKind] = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "terminateEventDefinition": "terminate",
}

# Parts of a drawing that say nothing about the running.
DRAWN = frozenset(
    {
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "laneSet",
        "textAnnotation",
        "association",
        "group",
        "category",
        "dataObject",
        "dataObjectReference",
        "dataStore",
        "dataStoreReference",
        "property",
        "ioSpecification",
        "dataInputAssociation",
        "dataOutputAssociation",
        "auditing",
        "monitoring",
        "artifact",
        "correlationSubscription",
        "supportedInterfaceRef",
        "potentialOwner",
        "humanPerformer",
        "performer",
        "resourceRole",
        "rendering",
        "dataInput",
        "dataOutput",
        "inputSet",
        "outputSet",
    }
)

WHY_NOT: Mapping[str, Text] = {
    "scriptTask": Text(
        "không chạy mã trong quy trình: dùng việc tự động (serviceTask, tinh:service) hoặc bảng quyết định",
        "no code runs in a process: use a service task (tinh:service) or a decision table",
    ),
    "complexGateway": Text(
        "dùng nhánh rẽ loại trừ, song song hoặc bao hàm", "use an exclusive, parallel or inclusive gateway"
    ),
    "transaction": Text(
        "dùng quy trình con thường, với sự kiện lỗi gắn vào",
        "use a plain sub-process with an error event attached",
    ),
    "adHocSubProcess": Text(
        "vẽ rõ thứ tự các bước, hoặc dùng nhánh bao hàm",
        "draw the order of the steps, or use an inclusive gateway",
    ),
    "cancelEventDefinition": Text("dùng sự kiện lỗi (error)", "use an error event"),
    "compensateEventDefinition": Text("vẽ các bước hoàn tác thành một nhánh", "draw the undoing as a branch"),
    "conditionalEventDefinition": Text(
        "dùng tin nhắn (message) hoặc nhánh rẽ sau một hạn giờ", "use a message, or a gateway after a timer"
    ),
    "callChoreography": Text("chỉ vẽ quy trình (process)", "draw processes only"),
}

CASE_FACTS = (
    "code",
    "kind",
    "category",
    "severity",
    "source",
    "place",
    "agency",
    "person",
    "state",
    "outcome",
    "subject",
    "simulated",
    "opened_at",
    "accept_by",
    "finish_by",
    "accepted_at",
    "answered_at",
    "extended",
    "public",
    "action",
    "reason",
    "has_party",
    "error",
)


@dataclass(frozen=True, slots=True)
class Service:
    """A service a process may call: what it is given and what facts it gives back."""

    says: Text
    arguments: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()


# Those the case engine and its desks register under the same names; empty arguments: any.
SERVICES: dict[str, Service] = {
    "accept": Service(Text("ghi nhận đã tiếp nhận", "notes that it is accepted"), (), ("accepted_at",)),
    "answer": Service(Text("ghi nhận đã trả lời", "notes that it is answered"), (), ("answered_at",)),
    "assign": Service(Text("giao cho cơ quan hoặc người", "hands the case to an agency or a person")),
    "directive": Service(Text("việc của bàn chỉ đạo", "the directives desk's own work")),
    "extend": Service(Text("dời hạn sang ngày khác", "moves the deadline"), ("until",), ("finish_by",)),
    "escalate": Service(
        Text("báo lên người giám sát", "tells the supervisors"), ("to", "template"), ("escalated",)
    ),
    "notify": Service(
        Text("báo cho một nhóm người", "tells a group of people"), ("audience", "channels", "template")
    ),
    "report": Service(Text("việc của bàn phản ánh", "the report desk's own work")),
    "restart": Service(Text("tính lại hạn như lúc mở", "starts the promise anew, as at the opening")),
    "set": Service(
        Text("ghi cột của hồ sơ", "writes columns of the case"),
        ("agency", "person", "severity", "category", "public", "outcome"),
    ),
}
