"""Names as people in Latvia and Spain bear them, lists of our own."""

from __future__ import annotations


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


LATVIAN_WOMEN = _listed("""
    Agnese Aija Aiga Alise Amanda Anete Anita Anna Baiba Beāte Biruta Dace Daiga Daina Diāna Elīna
    Elza Emīlija Estere Evija Gita Guna Gunta Ieva Ilze Ināra Inese Inga Inguna Iveta Jana Katrīna
    Kristīne Laima Laura Lāsma Līga Liene Linda Lita Madara Maija Mārīte Marta Mirdza Paula Rasma
    Rita Rūta Sandra Sanita Santa Sigita Signe Skaidrīte Sofija Solvita Undīne Velta Vija Vineta
    Vita Zane Zinta
""")
LATVIAN_MEN = _listed("""
    Agris Aigars Ainārs Aivars Aldis Andrejs Andris Armands Artis Artūrs Arvīds Atis Dainis Dāvis
    Edgars Egils Elmārs Emīls Ernests Gatis Gints Ģirts Guntis Gustavs Haralds Ilgvars Imants Intars
    Ivars Jānis Juris Kaspars Kristaps Krišjānis Laimonis Markuss Māris Mārtiņš Miks Modris Normunds
    Oskars Pauls Pēteris Raimonds Raitis Raivis Ralfs Reinis Renārs Rihards Roberts Rolands Sandis
    Toms Uģis Uldis Valdis Viesturs Vilnis Zigurds
""")
# As a man bears them; `woman_of` gives the other form.
LATVIAN_SURNAMES = _listed("""
    Āboliņš Andersons Apinis Auziņš Avotiņš Balodis Bērziņš Bērzs Birznieks Bite Briedis Bušs
    Cīrulis Dambergs Dreimanis Dzenis Dzērve Egle Eglītis Freibergs Freimanis Gailis Graudiņš
    Grīnbergs Gulbis Hermanis Irbe Jākobsons Jansons Jaunzems Kalējs Kalniņš Kalnietis Kārkliņš
    Kauliņš Kļaviņš Kociņš Krastiņš Krauklis Kronbergs Krūmiņš Krūze Lācis Lapiņš Lapsa Lejnieks
    Liepa Liepiņš Līcis Lūsis Māliņš Markevičs Mednieks Meiers Melderis Mežulis Miezis Mucenieks
    Muižnieks Ozoliņš Ozols Paegle Pētersons Podnieks Priede Priedītis Puriņš Pūce Reinholds
    Riekstiņš Roze Rozītis Rubenis Rudzītis Salmiņš Saulītis Siliņš Skuja Šmits Spriņģis Stārķis
    Strautiņš Strazdiņš Straume Tauriņš Tiltiņš Upītis Vanags Vasiļevskis Vērdiņš Vilks Vīksna
    Vītoliņš Vītols Zālītis Zariņš Zeltiņš Ziediņš Zvaigzne Zvirbulis
""")
SPANISH_WOMEN = (
    "Alba", "Alicia", "Amparo", "Ana", "Ana Belén", "Ana María", "Andrea", "Ángela", "Beatriz",
    "Carla", "Carmen", "Carolina", "Clara", "Claudia", "Concepción", "Cristina", "Daniela",
    "Dolores", "Elena", "Esther", "Eva", "Inés", "Inmaculada", "Irene", "Isabel", "Josefa", "Julia",
    "Laura", "Lucía", "Manuela", "Margarita", "María", "María del Carmen", "María Dolores",
    "María José", "María Pilar", "Marta", "Mercedes", "Miriam", "Mónica", "Natalia", "Nerea",
    "Noelia", "Nuria", "Paula", "Pilar", "Raquel", "Rocío", "Rosa", "Rosario", "Sandra", "Sara",
    "Silvia", "Sofía", "Sonia", "Susana", "Teresa", "Valeria", "Verónica", "Yolanda",
)  # fmt: skip
SPANISH_MEN = (
    "Adrián", "Agustín", "Alberto", "Alejandro", "Alfonso", "Álvaro", "Andrés", "Ángel", "Antonio",
    "Carlos", "César", "Daniel", "David", "Diego", "Domingo", "Eduardo", "Emilio", "Enrique",
    "Felipe", "Fernando", "Francisco", "Francisco Javier", "Gabriel", "Gonzalo", "Guillermo",
    "Héctor", "Hugo", "Ignacio", "Iker", "Iván", "Jaime", "Javier", "Joaquín", "Jorge", "José",
    "José Antonio", "José Luis", "José Manuel", "Juan", "Juan Carlos", "Julián", "Julio", "Lucas",
    "Luis", "Manuel", "Marcos", "Mario", "Martín", "Mateo", "Miguel", "Miguel Ángel", "Óscar",
    "Pablo", "Pedro", "Rafael", "Ramón", "Raúl", "Ricardo", "Roberto", "Rubén", "Salvador",
    "Santiago", "Sergio", "Tomás", "Vicente", "Víctor",
)  # fmt: skip
SPANISH_SURNAMES = _listed("""
    Aguilar Alonso Álvarez Arias Benítez Blanco Bravo Cabrera Calvo Campos Cano Carmona Carrasco
    Castillo Castro Cortés Crespo Cruz Delgado Díaz Díez Domínguez Durán Esteban Fernández Ferrer
    Flores Fuentes Gallardo Gallego García Garrido Gil Giménez Gómez González Guerrero Gutiérrez
    Hernández Herrera Herrero Hidalgo Ibáñez Iglesias Jiménez León López Lorenzo Lozano Marín
    Márquez Martín Martínez Medina Méndez Molina Montero Mora Morales Moreno Moya Muñoz Navarro
    Nieto Núñez Ortega Ortiz Parra Pascual Peña Pérez Prieto Ramírez Ramos Rey Reyes Rivera
    Rodríguez Rojas Román Romero Rubio Ruiz Sáez Sánchez Santana Santiago Santos Sanz Serrano Soler
    Soto Suárez Torres Vargas Vázquez Vega Velasco Vicente Vidal Vila
""")
ENGLISH_WOMEN = _listed("Alice Charlotte Emma Grace Hannah Kate Lucy Olivia Rachel Sophie")
ENGLISH_MEN = _listed("Andrew Daniel George Henry Jack James Oliver Peter Thomas William")
ENGLISH_SURNAMES = _listed("""
    Baker Bennett Carter Clarke Cooper Evans Foster Hughes Mitchell Parker Shaw Turner Walker Wood
""")

LATVIAN_CITIES = _listed("""
    Rīga Rīga Rīga Rīga Rīga Rīga Rīga Daugavpils Liepāja Liepāja Jelgava Jūrmala Ventspils Rēzekne
    Valmiera Valmiera Cēsis Ogre Sigulda Kuldīga
""")
SPANISH_CITIES = _listed("""
    Madrid Madrid Madrid Barcelona Barcelona Valencia Valencia Sevilla Zaragoza Málaga Bilbao
    Alicante Valladolid Vigo
""")

LATVIAN_PLACES = _listed("""
    Amatas Bērzu Daugavas Dzintaru Gaujas Jūras Kurzemes Latgales Ozolu Pilsētas Rīgas Saules
    Sēlijas Vidzemes Zemgales Ziemeļu
""")
LATVIAN_TRADES = _listed("""
    aptieka būve dārzi enerģija grāmatas kafejnīca koks logi maize mēbeles metāls piens serviss
    tekstils transports ziedi
""")
SPANISH_TRADES = (
    "Bodegas", "Carpintería", "Clínica Dental", "Construcciones", "Farmacia", "Ferretería",
    "Floristería", "Jardinería", "Librería", "Muebles", "Panadería", "Restaurante", "Talleres",
    "Transportes",
)  # fmt: skip

_WOMAN = {
    "Jaunzems": "Jaunzeme", "Meiers": "Meiere", "Reinholds": "Reinholde", "Šmits": "Šmite",
    "Vasiļevskis": "Vasiļevska",
}  # fmt: skip


def woman_of(surname: str) -> str:
    """The form of a Latvian surname that a woman bears: Bērziņš, Bērziņa; Balodis, Balode."""
    if known := _WOMAN.get(surname):
        return known
    for ending, other in (
        ("nieks", "niece"), ("sons", "sone"), ("is", "e"), ("š", "a"), ("s", "a"),
    ):  # fmt: skip
        if surname.endswith(ending):
            return surname.removesuffix(ending) + other
    return surname
