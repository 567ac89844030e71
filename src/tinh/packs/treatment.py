"""What becomes of every word of ODCS: executed, read, carried, or left alone.

executed: a rule judges rows or the delivery by it · read: it shapes the dataset · carried: kept and
shown with the reason, not executed · left: neither needed nor lost (the contract's bytes are kept).
A test compares these tables with the standard's own JSON Schema.
"""

from __future__ import annotations

Table = dict[str, tuple[str, str]]

_DOCS = ("left", "documentation of the contract")
_SHOWN = ("left", "for catalogues and semantic layers")

CONTRACT: Table = {
    "apiVersion": (
        "read",
        "v3.0.0 to v3.2.0; another 3.x with a remark (PCK059); 2.x and other formats are refused",
    ),
    "kind": ("read", "remark when missing"),
    "id": ("read", "id of the dataset when people can read it; a UUID is passed over"),
    "name": ("read", "id of the dataset when `id` cannot be one; its name when nothing better is there"),
    "version": ("read", "version of the dataset"),
    "status": _DOCS,
    "tenant": _DOCS,
    "tags": _SHOWN,
    "domain": _DOCS,
    "dataProduct": _DOCS,
    "description": ("read", "`purpose` describes the dataset when the object has no description"),
    "schema": ("read", "each object with properties is one dataset"),
    "servers": ("left", "data is delivered to the gate, not fetched from the contract's servers"),
    "slaProperties": ("read", "see below"),
    "slaDefaultElement": (
        "left",
        "deprecated; an SLA property counts for every object unless it names another",
    ),
    "customProperties": ("read", "`tinh` is ours; others are left alone"),
    "support": _DOCS,
    "price": _DOCS,
    "team": _DOCS,
    "roles": _DOCS,
    "authoritativeDefinitions": _DOCS,
    "context": ("left", "guidance for assistants"),
    "contractCreatedTs": _DOCS,
}
OBJECT: Table = {
    "id": ("read", "a name references may use"),
    "name": ("read", "name of the object; part of the dataset's id"),
    "physicalName": ("read", "a name SQL checks and references may use"),
    "physicalType": _DOCS,
    "businessName": ("read", "name of the dataset"),
    "description": ("read", "description of the dataset"),
    "logicalType": ("left", "an object is always a table here"),
    "properties": ("read", "the columns"),
    "relationships": (
        "executed",
        "one column: reference rule when the target is in the catalogue, else carried; "
        "several columns: carried",
    ),
    "quality": ("executed", "see below"),
    "customProperties": ("read", "`tinh` here speaks for this object only"),
    "dataGranularityDescription": _DOCS,
    "deprecated": ("left", "a deprecated object still takes data"),
    "synonyms": _SHOWN,
    "tags": _SHOWN,
    "authoritativeDefinitions": _DOCS,
    "context": ("left", "guidance for assistants"),
}
PROPERTY: Table = {
    "id": ("read", "a name references may use"),
    "name": ("read", "name of the column; accepted header"),
    "physicalName": ("read", "accepted header"),
    "businessName": ("read", "accepted header; name for people"),
    "synonyms": ("read", "accepted headers"),
    "description": ("read", "description of the column"),
    "logicalType": ("executed", "rule `<column>-type`"),
    "physicalType": ("read", "gives the type when `logicalType` is missing"),
    "logicalTypeOptions": ("executed", "see below"),
    "primaryKey": ("executed", "rule `key`; key columns must be filled"),
    "primaryKeyPosition": ("read", "order of a compound key"),
    "required": ("executed", "rule `<column>-required`"),
    "unique": ("executed", "rule `<column>-unique`"),
    "enum": (
        "executed",
        "rule `<column>-enum`; plain lists, `enum` among the options and custom properties "
        "`enum`, `enumValues`, `allowedValues`, `validValues` are understood too",
    ),
    "relationships": (
        "executed",
        "rule `<column>-reference` when the target is in the catalogue, else carried",
    ),
    "quality": ("executed", "see below"),
    "customProperties": ("read", "`tinh` is ours; others are left alone"),
    "properties": ("carried", "nested values are kept as JSON; rules inside them are not executed"),
    "items": ("carried", "as `properties`"),
    "map": ("carried", "as `properties`"),
    "deprecated": ("left", "a deprecated column is still taken"),
    "semanticType": _SHOWN,
    "partitioned": _DOCS,
    "partitionKeyPosition": _DOCS,
    "classification": ("left", "`personal` of the tinh block decides"),
    "encryptedName": _DOCS,
    "transformSourceObjects": _DOCS,
    "transformLogic": _DOCS,
    "transformDescription": _DOCS,
    "examples": _DOCS,
    "criticalDataElement": _DOCS,
    "tags": _SHOWN,
    "authoritativeDefinitions": _DOCS,
}
QUALITY: Table = {
    "id": ("read", "id of the rule"),
    "name": ("read", "id of the rule when `id` is missing"),
    "description": ("read", "sentence of the rule until the locale says it better"),
    "type": ("executed", "library (default) and sql are executed; text and custom are carried"),
    "metric": ("executed", "see below"),
    "rule": ("executed", "deprecated name of `metric`, with a remark"),
    "arguments": ("executed", "see below"),
    "unit": ("executed", "rows (default) and percent; another unit: the entry is carried with a remark"),
    "query": (
        "executed",
        "one SELECT over the received rows; ${table}, ${object}, ${column}, ${property}, also "
        "without $; other variables: carried with a remark",
    ),
    "engine": ("carried", "a rule of another tool"),
    "implementation": ("carried", "a rule of another tool"),
    "severity": ("read", "error (default) holds rows; info and warning never do"),
    "dimension": _DOCS,
    "method": _DOCS,
    "businessImpact": _DOCS,
    "tags": _SHOWN,
    "authoritativeDefinitions": _DOCS,
    "customProperties": _DOCS,
    "schedule": ("left", "rules run on every delivery"),
    "scheduler": ("left", "rules run on every delivery"),
}
METRICS: Table = {
    "nullValues": ("executed", "empty cells of the column"),
    "missingValues": (
        "executed",
        "`missingValues`: texts that count as missing; without it null, '', N/A, n/a, NA, null",
    ),
    "invalidValues": (
        "executed",
        "`validValues`, `pattern`, `minLength`, `maxLength`; without any: carried with a remark",
    ),
    "duplicateValues": (
        "executed",
        "of the column; at the object: of `properties`, without them of whole rows",
    ),
    "rowCount": ("executed", "rows of the delivery"),
}
RELATIONSHIP: Table = {
    "id": ("read", "id of the rule"),
    "type": ("read", "foreignKey is the only one"),
    "from": ("read", "own column; implied at a property"),
    "to": ("executed", "`object.column`, `schema/<id>/properties/<id>`, either after `file.yaml#`"),
    "customProperties": _DOCS,
}
