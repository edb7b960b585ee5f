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

# Code, name, family, price in euros, and how many are sold at once.
PRODUCTS: tuple[tuple[str, str, str, int, int], ...] = (
    ("WEB01", "Site vitrine", "web", 1490, 1),
    ("WEB02", "Boutique en ligne", "web", 2400, 1),
    ("WEB03", "Refonte de site", "web", 1150, 1),
    ("WEB04", "Page d'atterrissage", "web", 390, 2),
    ("WEB05", "Maintenance du site (mois)", "web", 79, 6),
    ("WEB06", "Hébergement annuel", "web", 119, 2),
    ("WEB07", "Nom de domaine", "web", 15, 3),
    ("WEB08", "Audit de référencement", "web", 450, 1),
    ("WEB09", "Référencement local (mois)", "web", 149, 3),
    ("PHO01", "Reportage photo en boutique", "photo", 290, 2),
    ("PHO02", "Portraits de l'équipe", "photo", 160, 1),
    ("PHO03", "Photos de produits (les dix)", "photo", 95, 4),
    ("PHO04", "Visite virtuelle", "photo", 520, 1),
    ("PHO05", "Prises de vue par drone", "photo", 340, 1),
    ("COM01", "Identité visuelle", "brand", 890, 1),
    ("COM02", "Logo", "brand", 350, 1),
    ("COM03", "Formation aux réseaux sociaux (heure)", "brand", 65, 14),
    ("COM04", "Accompagnement stratégique (heure)", "brand", 95, 14),
    ("COM05", "Atelier collectif", "brand", 49, 3),
    ("RES01", "Pack réseaux sociaux (mois)", "social", 190, 3),
    ("RES02", "Création de page", "social", 90, 2),
    ("RES03", "Publication sponsorisée", "social", 35, 8),
    ("RES04", "Calendrier de publication", "social", 120, 1),
    ("RES05", "Jeu-concours en ligne", "social", 240, 1),
    ("RES06", "Modération (mois)", "social", 69, 3),
    ("VID01", "Vidéo courte verticale", "video", 59, 4),
    ("VID02", "Pack de quatre vidéos courtes", "video", 199, 2),
    ("VID03", "Montage et sous-titres", "video", 29, 4),
    ("VID04", "Film de présentation", "video", 1250, 1),
    ("IMP01", "Flyers A5 (les 500)", "print", 75, 4),
    ("IMP02", "Cartes de visite (les 250)", "print", 39, 4),
    ("IMP03", "Affiches A3 (les 50)", "print", 62, 3),
    ("IMP04", "Autocollants QR code", "print", 9, 8),
    ("IMP05", "Vitrophanie", "print", 210, 2),
    ("IMP06", "Bâche extérieure", "print", 135, 2),
    ("MED01", "Article dans le média local", "media", 110, 2),
    ("MED02", "Encart dans l'agenda local", "media", 25, 6),
    ("MED03", "Bandeau publicitaire (semaine)", "media", 45, 8),
    ("MED04", "Fiche d'annuaire (an)", "media", 19, 2),
)  # fmt: skip
COUNTRY_SPELLINGS: dict[str, tuple[str, ...]] = {
    "FR": ("FR", "France", "fr", "FRANCE", "France ", "FRA"),
    "BE": ("BE", "Belgique", "be", "BELGIQUE", "Belgium"),
    "CH": ("CH", "Suisse", "ch", "SUISSE"),
    "LU": ("LU", "Luxembourg", "LUX"),
}  # fmt: skip
# What makes a sales line unusable: in which column, in how many lines, written how.
UNUSABLE_SALES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("account_id", 30, ("", "N/A", " ", "n.c.", "inconnu", "-")),
    ("quantity", 25, ("0", "0", "0,0", "0.00")),
    ("quantity", 25, ("sur devis", "abc", "", "N/A", "?")),
    ("unit_price_eur", 30, ("sur devis", "", "abc", "N/A", "à définir")),
    ("unit_price_eur", 20, ("-49.00", "99999999999", "-120,00 €", "99 999 999 999 €")),
    ("sold_on", 25, ("", "N/A", "date inconnue", "31/02/2024", "mars 2021", "2022")),
    ("sold_on", 12, ("2031-01-01", "01/01/2031", "2099-12-31")),
    ("sold_on", 12, ("1900-01-01", "01/01/1900")),
)  # fmt: skip
