from django.urls import path

from tinh.rest.ogc import documents, items

urlpatterns = [
    path("", documents.landing, name="ogc"),
    path("conformance", documents.conformance),
    path("api", documents.definition),
    path("collections", documents.collections),
    path("collections/<str:id>", documents.collection),
    path("collections/<str:id>/items", items.listing),
    path("collections/<str:id>/items/<str:feature>", items.one),
]
