"""Words by which the stand-in finds a mood: a few of each language that the service has, in lower case."""

from __future__ import annotations

from collections.abc import Mapping

POSITIVE: Mapping[str, tuple[str, ...]] = {
    "en": ("thank", "great", "good", "happy", "perfect", "helpful", "love", "excellent", "pleased"),
    "de": ("dank", "gut", "super", "freue", "perfekt", "zufrieden", "toll", "hilfreich", "prima"),
    "es": ("gracias", "bien", "excelente", "feliz", "perfecto", "contento", "genial"),
    "fr": ("merci", "bien", "parfait", "content", "heureux", "excellent", "super"),
    "it": ("grazie", "bene", "perfetto", "contento", "felice", "ottimo"),
    "pt": ("obrigad", "bom", "perfeito", "feliz", "contente", "excelente", "ótimo"),
    "ar": ("شكر", "ممتاز", "جيد", "سعيد"),
    "hi": ("धन्यवाद", "अच्छा", "खुश", "बढ़िया"),
    "ja": ("ありがとう", "嬉しい", "良い", "助かり"),
    "ko": ("감사", "좋", "완벽", "기쁘"),
    "zh": ("谢谢", "很好", "满意", "高兴"),
    "zh-TW": ("謝謝", "很好", "滿意", "高興"),
}
NEGATIVE: Mapping[str, tuple[str, ...]] = {
    "en": ("wrong", "bad", "angry", "broken", "terrible", "late", "complain", "disappoint", "problem"),
    "de": ("falsch", "schlecht", "ärger", "kaputt", "verspät", "enttäusch", "problem", "leider"),
    "es": ("mal", "enfadad", "roto", "tarde", "queja", "problema", "terrible"),
    "fr": ("mauvais", "faux", "fâché", "cassé", "retard", "plainte", "problème", "déçu"),
    "it": ("sbagliat", "male", "arrabbiat", "rotto", "ritardo", "reclamo", "problema"),
    "pt": ("errad", "mau", "zangad", "partid", "atras", "reclama", "problema"),
    "ar": ("سيئ", "غاضب", "مشكلة", "مكسور"),
    "hi": ("गलत", "खराब", "समस्या", "नाराज"),
    "ja": ("悪い", "壊れ", "問題", "遅い", "怒"),
    "ko": ("나쁘", "문제", "고장", "화가", "늦"),
    "zh": ("错", "坏", "问题", "生气", "失望"),
    "zh-TW": ("錯", "壞", "問題", "生氣", "失望"),
}
#: Words of which no key phrase is made; where a language has none here, short words are none.
STOP_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset({
        "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "could", "do", "does", "for",
        "from", "had", "has", "have", "he", "her", "him", "his", "how", "i", "if", "in", "is", "it",
        "its", "let", "me", "my", "no", "not", "of", "on", "or", "our", "she", "so", "that", "the",
        "their", "them", "then", "there", "they", "this", "to", "up", "was", "we", "were", "what", "when",
        "where", "which", "who", "will", "with", "would", "you", "your", "again", "come", "comes",
        "thank", "thanks", "yes", "please",
    }),
    "de": frozenset({
        "aber", "am", "an", "auch", "auf", "aus", "bei", "bin", "bitte", "das", "dass", "dem", "den",
        "der", "des", "die", "ein", "eine", "einen", "einer", "es", "für", "hat", "habe", "haben", "ich",
        "ihnen", "ihr", "ihre", "im", "in", "ist", "ja", "kann", "kein", "keine", "können", "mein",
        "meine", "mich", "mir", "mit", "nein", "nicht", "noch", "nun", "oder", "sehr", "sein", "sich",
        "sie", "sind", "so", "um", "und", "uns", "vom", "von", "war", "was", "wenn", "wer", "wie",
        "wieder", "wir", "wird", "zu", "zum", "zur", "vielen", "dank", "danke",
    }),
    "es": frozenset({
        "a", "al", "con", "de", "del", "el", "ella", "en", "es", "esta", "este", "gracias", "la", "las",
        "lo", "los", "me", "mi", "muy", "no", "para", "por", "que", "se", "si", "sí", "su", "un", "una",
        "y", "yo",
    }),
}  # fmt: skip
LOCATIONS = (
    "London", "Berlin", "Madrid", "Paris", "Lisbon", "Lisboa", "Rome", "Roma", "Vienna", "Wien", "Munich",
    "München", "Hamburg", "Manchester", "Tokyo", "東京", "北京", "台北", "서울",
)  # fmt: skip
DATES = (
    "today", "tomorrow", "yesterday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    "Sunday", "heute", "morgen", "gestern",
    "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag",
    "hoy", "mañana", "ayer", "lunes", "martes", "viernes", "明日", "今天", "明天",
)  # fmt: skip
