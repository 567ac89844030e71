"""Small diagrams for tests, written short."""

from __future__ import annotations

from tinh.packs import api as packs

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions '
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tinh="https://tinh.vn/bpmn" id="d" '
    'targetNamespace="t">'
)


def bpmn(body: str, id: str = "p", top: str = "") -> str:
    return (
        f'{HEAD}{top}<bpmn:process id="{id}" name="Quy trình" tinh:en="Process" isExecutable="true">{body}'
        "</bpmn:process></bpmn:definitions>"
    )


def start(to: str) -> str:
    return f'<bpmn:startEvent id="s" name="Mở" tinh:en="Open"/>{flow("s", to)}'


def end(id: str = "e", inside: str = "") -> str:
    return f'<bpmn:endEvent id="{id}" name="Xong" tinh:en="Done">{inside}</bpmn:endEvent>'


def flow(source: str, target: str, condition: str = "", id: str = "") -> str:
    said = (
        f"<bpmn:conditionExpression><![CDATA[{condition}]]></bpmn:conditionExpression>" if condition else ""
    )
    id = id or f"{source}_{target}"
    return (
        f'<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{said}</bpmn:sequenceFlow>'
    )


def user(id: str, actions: str = "done", attributes: str = "", inside: str = "", fields: str = "") -> str:
    buttons = "".join(
        f'<tinh:action id="{a}" vi="{a}" en="{a}">{fields}</tinh:action>' for a in actions.split()
    )
    return (
        f'<bpmn:userTask id="{id}" name="Bước {id}" tinh:en="Step {id}" {attributes}><bpmn:extensionElements>'
        f"<tinh:actions>{buttons}</tinh:actions></bpmn:extensionElements>{inside}</bpmn:userTask>"
    )


def node(tag: str, id: str, attributes: str = "", inside: str = "") -> str:
    return f'<bpmn:{tag} id="{id}" name="Bước {id}" tinh:en="Step {id}" {attributes}>{inside}</bpmn:{tag}>'


def timer(text: str, kind: str = "timeDuration", attributes: str = "") -> str:
    inside = f"<bpmn:{kind}>{text}</bpmn:{kind}>" if text else ""
    return f"<bpmn:timerEventDefinition {attributes}>{inside}</bpmn:timerEventDefinition>"


def definition(body: str, top: str = "", **others: str) -> packs.ProcessDefinition:
    texts = {"p.bpmn": bpmn(body, "p", top)} | {f"{k}.bpmn": v for k, v in others.items()}
    return packs.unpack_process(packs.pack_process("p", texts))
