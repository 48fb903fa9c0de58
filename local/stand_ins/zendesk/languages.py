"""Errors in the integration user's language: only texts change, no code, field or status (zendesk-2.md D1).

The words are this project's own. A text that is not in the table gets the general one: no English is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.stand_ins.http.messages import Response, json_response

LANGUAGES = ("de", "fr", "es", "ja")
_TEXTS = ("description", "message", "detail")  # beside them stand codes, which stay

#: What an English text says, and the same in each of LANGUAGES.
_SENTENCES: Mapping[str, tuple[str, str, str, str]] = {
    r"Record validation errors": (
        "Fehler bei der Prüfung des Datensatzes",
        "Erreurs de validation de l’enregistrement",
        "Errores al validar el registro",
        "レコードの検証エラー",
    ),
    r"Not found": ("Nicht gefunden", "Introuvable", "No se encontró", "見つかりません"),
    r"Number of allowed .* exceeded": (
        "Die Zahl der erlaubten Anfragen ist überschritten",
        "Le nombre de requêtes autorisées est dépassé",
        "Se superó el número de solicitudes permitidas",
        "許可されたリクエスト数を超えました",
    ),
    r"Safe Update prevented .*": (
        "Die Daten des Tickets sind veraltet, daher wurde nichts geändert",
        "Les données du ticket sont périmées, rien n’a été modifié",
        "Los datos del ticket están desactualizados y no se cambió nada",
        "チケットのデータが古いため更新されませんでした",
    ),
    r"Database collision.*": (
        "Zwei Änderungen trafen zusammen, bitte noch einmal",
        "Deux modifications se sont croisées, veuillez réessayer",
        "Dos cambios coincidieron, inténtelo de nuevo",
        "変更が競合しました。もう一度お試しください",
    ),
    r"You do not have access.*": (
        "Sie haben keinen Zugriff auf diese Seite",
        "Vous n’avez pas accès à cette page",
        "No tiene acceso a esta página",
        "このページへのアクセス権がありません",
    ),
}
_OTHERWISE = (
    "Die Anfrage wurde abgelehnt",
    "La requête a été refusée",
    "La solicitud fue rechazada",
    "リクエストは拒否されました",
)

#: What is said of a field, after its title and a colon.
_COMPLAINTS: Mapping[str, tuple[str, str, str, str]] = {
    r"closed prevents ticket update": (
        "geschlossen, das Ticket lässt sich nicht mehr ändern",
        "fermé, le ticket ne peut plus être modifié",
        "cerrado, el ticket ya no se puede actualizar",
        "終了済みのためチケットを更新できません",
    ),
    r".*\bsuspended": ("ist gesperrt", "est suspendu", "está suspendido", "は停止されています"),
    r"cannot be blank|.* is needed|.*is needed when solving.*": (
        "darf nicht leer sein",
        "doit être renseigné",
        "no puede estar vacío",
        "を入力してください",
    ),
    r".*already (being used|been taken).*": (
        "wird schon verwendet",
        "est déjà utilisé",
        "ya está en uso",
        "はすでに使われています",
    ),
    r".*is not properly formatted": (
        "hat ein falsches Format",
        "a un format incorrect",
        "tiene un formato incorrecto",
        "の形式が正しくありません",
    ),
    r"is too (short|long).*": (
        "hat eine falsche Länge",
        "n’a pas la bonne longueur",
        "tiene una longitud incorrecta",
        "の長さが正しくありません",
    ),
    r"is not a member of .*": (
        "gehört nicht zur Gruppe",
        "ne fait pas partie du groupe",
        "no pertenece al grupo",
        "はグループのメンバーではありません",
    ),
}
_INVALID = ("ist ungültig", "n’est pas valide", "no es válido", "が無効です")

#: Titles of fields; tenants change them too.
_TITLES: Mapping[str, tuple[str, str, str, str]] = {
    "Status": ("Status", "Statut", "Estado", "ステータス"),
    "Requester": ("Anfragender", "Demandeur", "Solicitante", "リクエスタ"),
    "Assignee": ("Mitarbeiter", "Assigné", "Agente asignado", "担当者"),
    "Name": ("Name", "Nom", "Nombre", "名前"),
    "Email": ("E-Mail-Adresse", "Adresse e-mail", "Correo electrónico", "メール"),
    "Phone": ("Telefon", "Téléphone", "Teléfono", "電話番号"),
    "Description": ("Beschreibung", "Description du ticket", "Descripción", "説明"),
    "Priority": ("Priorität", "Priorité", "Prioridad", "優先度"),
}
_ANY_TITLE = ("Feld", "Champ", "Campo", "フィールド")


def spoken(response: Response, locale: str) -> Response:
    """Return a refusal in the language of `locale` ("de", "fr-CA"); unchanged where that is none of them."""
    language = locale.partition("-")[0].lower()
    is_json = "json" in response.headers.get("Content-Type", "")
    if response.status < 400 or language not in LANGUAGES or not is_json:
        return response
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    content = _translated(response.json(), LANGUAGES.index(language))
    return json_response(response.status, content, headers)


def _translated(content: Any, language: int) -> Any:
    if isinstance(content, list):
        return [_translated(item, language) for item in content]
    if not isinstance(content, dict):
        return content
    return {
        name: _text(value, language)
        if name in _TEXTS and isinstance(value, str)
        else _translated(value, language)
        for name, value in content.items()
    }


def _text(text: str, language: int) -> str:
    for pattern, said in _SENTENCES.items():
        if re.fullmatch(pattern, text):
            return said[language]
    title, colon, complaint = text.partition(": ")
    if not colon:
        complaint = title.partition(" ")[2]  # "External has already been taken"
    for pattern, said in _COMPLAINTS.items():
        if re.fullmatch(pattern, complaint, re.DOTALL):
            return f"{_TITLES.get(title, _ANY_TITLE)[language]}: {said[language]}"
    if colon:
        return f"{_TITLES.get(title, _ANY_TITLE)[language]}: {_INVALID[language]}"
    return _OTHERWISE[language]
