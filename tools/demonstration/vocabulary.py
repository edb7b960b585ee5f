"""Words that the made-up demonstration data are written with.

Names are built from a trade word and a place word, never from a person's name:
the names of sole traders are personal data, even in a demonstration.
"""

# Trade words by category, families in upper case as in the study's taxonomy.
NAME_HEADS: dict[str, tuple[str, ...]] = {
    "ALIMENTATION & TERROIR": (
        "L'Épicerie", "La Halle Gourmande", "Saveurs & Terroir", "Le Garde-Manger",
    ),
    "AUTOMOBILE & MOBILITÉ": ("Mobilité", "Relais Auto-Moto", "Station", "Location"),
    "BEAUTÉ & BIEN-ÊTRE": ("Bien-Être", "Le Spa", "La Parenthèse", "Beauté"),
    "COMMERCE & BOUTIQUES": (
        "Le Comptoir", "La Boutique", "L'Échoppe", "Le Bazar", "La Galerie",
    ),
    "HABITAT & TRAVAUX": ("Habitat", "Rénovation", "Les Bâtisseurs", "Travaux"),
    "LOISIRS & ACTIVITÉS": (
        "L'Échappée", "Le Parc", "Les Ateliers", "La Récré", "Bowling", "Le Labyrinthe",
    ),
    "RESTAURATION & BOISSONS": (
        "Brasserie", "Le Bistrot", "La Table", "Crêperie", "Le Café", "L'Auberge",
    ),
    "SANTÉ & OPTIQUE": ("Santé & Vue", "L'Audition", "Le Centre de Santé"),
    "SERVICES & ARTISANAT": ("Services", "Les Artisans", "La Conciergerie"),
    "TOURISME & HÉBERGEMENT": ("Hôtel", "Camping", "Le Gîte", "Résidence"),
    "Automobile": ("Garage", "Carrosserie", "Auto-Service", "Pneus & Freins"),
    "Bijouterie": ("Bijouterie", "L'Écrin", "Horlogerie"),
    "Boulangerie": ("Boulangerie", "Le Fournil", "Au Pain Doré", "La Miche"),
    "Caviste": ("La Cave", "Le Cellier", "Vins & Flacons"),
    "Chambre d'hôtes": ("La Maison d'Hôtes", "Les Chambres", "La Demeure"),
    "Coiffure": ("Salon", "L'Atelier Coiffure", "Coiff'", "Ciseaux & Peigne"),
    "Cordonnerie": ("Cordonnerie", "Clés & Talons", "La Semelle"),
    "Cycles": ("Cycles", "L'Atelier Vélo", "La Roue Libre"),
    "Décoration": ("Déco", "L'Intérieur", "La Maison", "Tissus & Couleurs"),
    "Fleuriste": ("Fleurs", "La Pivoine", "L'Herbier", "Le Bouquet"),
    "Institut de beauté": ("Institut", "L'Instant Beauté", "L'Éclat"),
    "Librairie": ("Librairie", "La Page Blanche", "Le Marque-Page"),
    "Menuiserie": ("Menuiserie", "L'Établi", "Bois & Agencement"),
    "Musée": ("Musée", "L'Espace-Musée", "La Collection"),
    "Opticien": ("Optique", "Les Lunettes", "Vision", "L'Œil"),
    "Photographe": ("Studio Photo", "L'Objectif", "Lumière & Image"),
    "Plomberie": ("Plomberie", "Eau & Chauffage", "Sanitaire"),
    "Pressing": ("Pressing", "Blanchisserie", "Le Fer à Vapeur"),
    "Prêt-à-porter": ("La Penderie", "Le Dressing", "Mode", "Fil & Bouton"),
    "Produits locaux": (
        "La Ferme", "Le Panier", "Les Vergers", "Le Rucher", "La Fromagerie",
        "Les Jardins",
    ),
    "Sport": ("Le Club", "Salle de Sport", "L'Escalade", "Foulées"),
    "Théâtre": ("Théâtre", "La Scène", "Le Rideau"),
}  # fmt: skip

NAME_TAILS: tuple[str, ...] = (
    "du Mail", "des Ponts", "de la Loire", "des Halles", "du Château", "de la Gare",
    "du Port", "des Tilleuls", "de la Place", "du Marché", "des Remparts",
    "de l'Écluse", "du Moulin", "des Quais", "de la Cité", "du Parvis", "des Arts",
    "de la Fontaine", "du Vieux Pont", "des Lices", "de l'Horloge", "du Grand Clos",
    "de la Vallée", "des Dunes", "du Bocage", "de l'Estuaire", "des Ardoises",
    "de la Douve", "du Lavoir", "des Coteaux", "de la Rive", "du Phare",
    "des Marronniers", "de l'Orangerie", "du Beffroi", "de la Prairie", "du Faubourg",
    "de la Chapelle", "du Pressoir", "de l'Étoile", "des Vignes", "du Passage",
    "de l'Abbaye", "du Cœur de Ville", "des Glycines", "de la Tour", "du Canal",
    "de l'Arche", "des Peupliers", "du Rond-Point", "des Deux-Rives", "de l'Atlantique",
    "du Val", "de la Roseraie", "des Tanneurs", "du Belvédère", "de l'Octroi",
)  # fmt: skip

# Weight and postal codes of each city; several codes allow two establishments of
# one name in one city.
CITIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "Ancenis-Saint-Géréon": (4, ("44150",)),
    "Angers": (30, ("49000", "49100")),
    "Avrillé": (4, ("49240",)),
    "Cholet": (11, ("49300",)),
    "La Roche-sur-Yon": (8, ("85000",)),
    "Laval": (7, ("53000",)),
    "Le Mans": (13, ("72000", "72100")),
    "Les Sables-d'Olonne": (5, ("85100", "85180")),
    "Nantes": (26, ("44000", "44100", "44200", "44300")),
    "Rezé": (4, ("44400",)),
    "Saint-Herblain": (5, ("44800",)),
    "Saint-Nazaire": (8, ("44600",)),
    "Saumur": (6, ("49400",)),
    "Trélazé": (3, ("49800",)),
    "Vertou": (3, ("44120",)),
}

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

# Spellings and weight of each platform beside the three named ones. Mastodon and
# Bluesky are in no reference seed: a platform that nobody listed must still count.
NAMED_PLATFORMS: tuple[str, ...] = ("facebook", "instagram", "tiktok")
OTHER_PLATFORMS: dict[str, int] = {
    "linkedin": 8, "google_business": 5, "youtube": 4, "pinterest": 3, "x": 3,
    "whatsapp": 2, "snapchat": 1, "threads": 1, "mastodon": 1, "bluesky": 1,
}  # fmt: skip
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
