from django.urls import path

from tinh.rest.ogc import documents, items
from tinh.rest.ogc.entry import elsewhere

urlpatterns = [
    path("", documents.landing, name="ogc"),
    path("conformance", documents.conformance),
    path("api", documents.definition),
    path("collections", documents.collections),
    path("collections/<str:id>", documents.collection),
    path("collections/<str:id>/items", items.listing),
    path("collections/<str:id>/items/<str:feature>", items.one),
    path("<path:rest>", elsewhere),
]
