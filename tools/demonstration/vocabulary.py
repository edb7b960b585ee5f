"""Words that the made-up demonstration data are written with."""

# Ways of writing that differ by more than case, accents and punctuation. Each one
# is an alias of the reference seeds.
CATEGORY_ALIASES: dict[str, tuple[str, ...]] = {
    "Automobile": ("Auto", "Automobiles"),
    "Boulangerie": ("Boulangeries", "Boulangerie pâtisserie"),
    "Caviste": ("Caves à vin",),
    "Chambre d'hôtes": ("Chambres d'hôtes",),
    "Coiffure": ("Coiffeur",),
    "COMMERCE & BOUTIQUES": ("Commerces et boutiques", "Commerces & boutiques"),
    "Cycles": ("Vélo",),
    "Fleuriste": ("Fleurs",),
    "Institut de beauté": ("Esthétique", "Institut beauté", "Instituts de beauté"),
    "Librairie": ("Librairies",),
    "LOISIRS & ACTIVITÉS": ("Loisirs", "Loisirs et activités"),
    "Musée": ("Musées",),
    "Opticien": ("Opticiens", "Optique"),
    "Photographe": ("Photo",),
    "Prêt-à-porter": ("Mode",),
    "Produits locaux": ("Produit local", "Produits du terroir"),
    "RESTAURATION & BOISSONS": ("Restaurant", "Restaurants", "Restauration"),
    "Sport": ("Sports",),
    "Théâtre": ("Théâtres",),
}  # fmt: skip
CITY_ALIASES: dict[str, tuple[str, ...]] = {
    "Ancenis-Saint-Géréon": ("Ancenis", "Ancenis St Géréon"),
    "La Roche-sur-Yon": ("La Roche/Yon", "La Roche s/ Yon", "LRSY"),
    "Les Sables-d'Olonne": ("Les Sables", "Sables d'Olonne"),
    "Le Mans": ("Mans",),
}  # fmt: skip

NAMED_PLATFORMS: tuple[str, ...] = ("facebook", "instagram", "tiktok")
# Mastodon and Bluesky are in no reference seed: a platform that nobody listed must
# still count.
PLATFORM_SPELLINGS: dict[str, tuple[str, ...]] = {
    "facebook": ("facebook", "Facebook", "FACEBOOK", "fb", "FB", "Page Facebook"),
    "instagram": ("instagram", "Instagram", "INSTAGRAM", "insta", "Insta", "IG"),
    "tiktok": ("tiktok", "TikTok", "Tik Tok", "tik-tok"),
    "linkedin": ("linkedin", "LinkedIn", "Linked In"),
    "google_business": ("google_business", "Google My Business", "GMB", "Google"),
    "youtube": ("youtube", "YouTube", "You Tube", "yt"),
    "pinterest": ("pinterest", "Pinterest"),
    "x": ("x", "X", "Twitter", "twitter", "X (Twitter)"),
    "whatsapp": ("whatsapp", "WhatsApp", "Whats App"),
    "snapchat": ("snapchat", "Snapchat", "Snap"),
    "threads": ("threads", "Threads"),
    "mastodon": ("Mastodon", "mastodon"),
    "bluesky": ("Bluesky",),
}  # fmt: skip

TRUE_SPELLINGS: tuple[str, ...] = (
    "true", "True", "TRUE", "vrai", "VRAI", "oui", "Oui", "OUI", "1", "actif", "Active",
    "yes", "t", "O",
)  # fmt: skip
FALSE_SPELLINGS: tuple[str, ...] = (
    "false", "False", "FALSE", "faux", "FAUX", "non", "Non", "NON", "0", "inactif",
    "Inactive", "no", "f", "N",
)  # fmt: skip
# No entry may read as true or false, and none is needed twice.
UNREADABLE_FLAGS: tuple[str, ...] = (
    "à vérifier", "", "peut-être", "N/A", "en cours", " ", "?", "2",
)  # fmt: skip
NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"
UNKNOWN_TEXTS: tuple[str, ...] = (
    "", "", "", " ", NO_BREAK_SPACE, "N/A", "n.c.", "Inconnu", "inconnu", "-", "?",
    "NULL", "Non renseigné", "NR",
)  # fmt: skip
UNREADABLE_FOLLOWERS: tuple[str, ...] = (
    "N/A", "", "beaucoup", "-1", "inconnu", "-250", "environ mille", "#N/A", "privé",
)  # fmt: skip
UNREADABLE_AMOUNTS: tuple[str, ...] = (
    "N/A", "", "confidentiel", "n.c.", "Confidentiel", "à demander", "?",
)  # fmt: skip
UNREADABLE_DATES: tuple[str, ...] = ("", "N/A", "date inconnue", "2022", "mars 2021")
