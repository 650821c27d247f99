"""The words that the sketcher knows, in English, German, French and Spanish, each line a meaning and its words.

Regular plurals and endings are found by `understanding`; only what no ending explains stands here, after a semicolon.
An indented line goes on with the meaning before it.
"""

from __future__ import annotations

THINGS = """
fox: fox vixen fuchs fuchsin renard zorro; füchse
cat: cat kitten kitty katze kätzchen kater chat chaton gato gata gatito; kittens
dog: dog puppy hund welpe chien chiot perro perrito; puppies hunde
wolf: wolf loup lobo; wolves wölfe
bird: bird sparrow robin gull seagull crow raven swallow vogel spatz oiseau moineau pájaro pajaro ave; vögel
    oiseaux
owl: owl eule hibou chouette búho buho lechuza; eulen
duck: duck duckling goose swan ente schwan canard cygne pato cisne; geese enten
penguin: penguin pinguin pingouin manchot pingüino pinguino
fish: fish goldfish salmon fisch poisson pez pescado; peces fische
whale: whale wal baleine ballena; wale
butterfly: butterfly moth schmetterling papillon mariposa; butterflies schmetterlinge
bee: bee biene abeille abeja
horse: horse pony foal pferd cheval caballo; chevaux ponies pferde
unicorn: unicorn einhorn licorne unicornio
deer: deer stag doe reindeer moose elk hirsch reh cerf biche ciervo venado; hirsche
cow: cow bull kuh vache vaca; kühe
sheep: sheep lamb schaf mouton oveja
pig: pig piglet schwein cochon cerdo
rabbit: rabbit bunny hare hase kaninchen lapin lièvre conejo liebre; bunnies hasen
mouse: mouse maus souris ratón raton; mice mäuse ratones
bear: bear bär ourson oso; bären
elephant: elephant elefant éléphant elefante
lion: lion löwe león leon
turtle: turtle tortoise schildkröte tortue tortuga
snail: snail schnecke escargot caracol
dragon: dragon drache drachen dragón
tree: tree oak baum arbre árbol arbol eiche; bäume trees
birch: birch birke bouleau abedul
pine: pine fir spruce conifer tanne kiefer sapin pino abeto
palm: palm palme palmier palmera
flower: flower rose tulip daisy poppy sunflower blossom blume tulpe fleur flor; daisies poppies blumen
mushroom: mushroom toadstool fungus pilz champignon seta hongo; pilze
cactus: cactus kaktus; cacti kakteen
bush: bush shrub hedge busch buisson arbusto
mountain: mountain peak volcano alps berg gebirge vulkan montagne volcan montaña montana volcán; berge
house: house cottage cabin hut home barn haus hütte maison cabane casa cabaña; häuser
castle: castle palace fortress schloss burg château chateau castillo; schlösser
lighthouse: lighthouse leuchtturm phare faro; leuchttürme
tower: tower turm torre; türme
church: church chapel cathedral kirche église eglise iglesia
windmill: windmill mill windmühle mühle moulin molino
bridge: bridge brücke pont puente
skyscraper: skyscraper hochhaus wolkenkratzer gratte-ciel rascacielos; hochhäuser
tent: tent zelt tente
car: car automobile taxi auto voiture coche carro; autos
bus: bus omnibus autobus autobús
train: train locomotive zug lokomotive locomotora tren; züge
bicycle: bicycle bike fahrrad vélo velo bicyclette bicicleta; fahrräder
boat: boat ship sailboat yacht segelboot schiff bateau voilier navire barco velero; bateaux schiffe
plane: plane airplane aeroplane aircraft flugzeug avion avión; flugzeuge
rocket: rocket spaceship rakete fusée fusee cohete
balloon: balloon ballon globo
airballoon: airballoon heißluftballon montgolfière
kite: kite cerf-volant cometa
robot: robot android roboter; roboter
person: person man woman girl boy child kid traveller wanderer astronaut knight wizard mann frau kind mädchen
    junge personne homme femme enfant fille garçon persona hombre mujer niño niña; people men women children
    kids leute kinder gens
snowman: snowman schneemann; snowmen
face: face portrait gesicht visage cara rostro retrato porträt
ghost: ghost gespenst fantôme fantasma
cup: cup mug coffee tea tasse kaffee café taza
book: book buch livre libro; bücher
lamp: lamp lantern lampe laterne lampara lámpara farol lanterne
candle: candle kerze bougie vela
chair: chair armchair stuhl sessel chaise silla
table: table desk tisch mesa
clock: clock watch uhr horloge reloj
key: key schlüssel clé llave
guitar: guitar gitarre guitare guitarra
camera: camera kamera caméra cámara
bottle: bottle flasche bouteille botella
vase: vase jarrón
gift: present geschenk cadeau regalo
star: star stern étoile estrella; sterne
heart: heart herz cœur coeur corazón corazon; herzen
crown: crown krone couronne corona
umbrella: umbrella parasol regenschirm schirm parapluie paraguas
apple: apple apfel pomme manzana; äpfel
orange: oranges orangen naranjas; oranges
pear: pear birne poire pera
cherry: cherry kirsche cerise cereza; cherries
strawberry: strawberry erdbeere fraise fresa; strawberries
banana: banana banane plátano platano
cake: cake kuchen torte gâteau gateau tarta pastel
sun: sun sonne soleil sol
moon: moon mond lune luna
cloud: cloud wolke nuage nube
rainbow: rainbow regenbogen arc-en-ciel arcoíris
planet: planet saturn jupiter mars planète planeta
diamond: diamond gem jewel crystal diamant diamante; jewels
ball: ball kugel balle pelota
egg: egg ei œuf huevo; eier
leaf: leaf blatt feuille hoja; leaves blätter
"""

COLOURS = """
#d63f33: red crimson scarlet vermilion rot rouge rojo roja carmesí
#8f2334: burgundy maroon weinrot bordeaux granate
#ef8a2b: orange amber naranja anaranjado
#d97a5b: coral terracotta peach salmon-coloured korallenrot corail
#f2c330: yellow golden gold gelb gelbe jaune amarillo amarilla dorado dorada goldener doré dorée
#4f9d51: green emerald grün vert verte verde
#7d8a3f: olive khaki olivgrün
#2f9c97: teal turquoise türkis turquesa
#3aa6c9: cyan aqua
#3c72c4: blue blau bleu bleue azul azules
#26407f: navy indigo dunkelblau marino
#7cb7e8: azure hellblau celeste
#7d56b5: purple violet lila violett mauve violette morado morada púrpura lilac lavender
#e884ad: pink rosa rosé rosado rosada magenta fuchsia
#8a5a36: brown chestnut braun marron marrón chocolate
#e3cfa8: beige cream ivory tan
#f5f3ec: white weiß weiss blanc blanche blanco blanca
#33323a: black schwarz noir noire negro negra
#8d9299: grey gray silver grau gris argent plateado
#b5723c: copper bronze kupfer cuivre cobre
"""

NUMBERS = """
1: a an one single lone ein eine einen einem einer un une uno una
2: two pair couple twin both zwei deux dos beide par
3: three trio few drei trois tres paar
4: four vier quatre cuatro
5: five several fünf cinq cinco mehrere einige plusieurs varios varias
6: six sechs seis
7: seven sieben sept siete
8: eight acht huit ocho
9: nine many lots neun neuf nueve viele beaucoup muchos muchas
10: ten zehn dix diez
11: eleven elf onze
12: dozen twelve zwölf dutzend douze douzaine doce docena flock herd swarm
13: thirteen dreizehn treize
14: fourteen vierzehn quatorze
15: fifteen fünfzehn quinze quince
16: sixteen sechzehn seize
20: twenty zwanzig vingt veinte
24: hundreds countless thousands hunderte tausende cents milliers cientos
"""

PLACES = """
snow: snow snowy winter ice icy arctic frozen antarctica schnee verschneit winterlich eis neige hiver nieve
    invierno nevado
beach: beach coast shore island strand küste insel plage île playa isla costa
water: sea ocean lake river water pond harbor harbour meer ozean fluss wasser hafen mer océan lac rivière eau
    mar océano lago río agua
underwater: underwater undersea seabed reef unterwasser sous-marin submarino aquarium
desert: desert dune sahara wüste désert desierto dunas
forest: forest woods woodland jungle rainforest wald dschungel forêt bois bosque selva
meadow: meadow field grass grassland park garden hill countryside prairie farm wiese garten hügel pré champ
    jardin colline pradera prado campo jardín colina spring summer frühling sommer printemps été primavera
    verano
autumn: autumn fall herbst automne otoño
city: city town street downtown skyline village urban stadt straße dorf ville rue village ciudad calle pueblo
space: space galaxy universe cosmos nebula orbit weltraum weltall galaxie espace galaxia espacio cosmic milky
room: room interior kitchen bedroom library studio office café-interior zimmer küche chambre cuisine cuarto
    habitación cocina indoors inside
mountains: mountains mountainside valley cliff gebirge tal montagnes vallée montañas valle
"""

LIGHTS = """
dawn: dawn sunrise morning daybreak morgen morgenrot sonnenaufgang aube matin amanecer
sunset: sunset sundown sonnenuntergang abendrot couchant atardecer ocaso
dusk: dusk twilight evening dämmerung abend crépuscule soir anochecer crepúsculo
golden: golden-hour sunlit sunlight warm-light backlit
night: night midnight nighttime nocturnal starry nacht mitternacht nuit minuit noche medianoche
moonlight: moonlight moonlit mondlicht mondschein clair-de-lune
day: day noon daylight sunny mittag sonnig midi ensoleillé mediodía soleado
overcast: overcast cloudy grey-sky bewölkt nuageux nublado
storm: storm stormy thunder lightning thunderstorm gewitter sturm orage tempête tormenta
"""

WEATHERS = """
snowfall: snowing snowfall snowflakes blizzard snowstorm schneefall schneesturm
rain: rain rainy raining drizzle regen regnerisch pluie pluvieux lluvia lluvioso
fog: fog foggy mist misty haze hazy nebel neblig brume brouillard niebla
sparkle: fireflies firefly magic magical glitter sparkle sparkles sparkling fairy glühwürmchen lucioles
    luciérnagas
aurora: aurora polarlicht polarlichter
"""

SIZES = """
0.45: tiny minuscule miniature winzig winzige winziger minuscule diminuto diminuta
0.68: small little short klein kleine kleiner kleines petit petite pequeño pequeña
1.35: big large tall groß große großer großes grande gros grosse grand
1.7: huge giant enormous gigantic massive colossal riesig riesige riesiger énorme géant enorme gigante
"""

RELATIONS = """
on: on upon atop auf sur sobre riding
under: under below beneath underneath unter unterhalb sous bajo debajo
beside: beside near next by alongside neben près bei junto
behind: behind hinter derrière detrás
front: front foreground vor devant vordergrund delante
over: over above über flying dessus encima
"""

SCENERY = "sky himmel ciel cielo background hintergrund fond fondo light licht lumière luz"

NEGATIONS = "no without not except ohne kein keine keinen sans pas sin ningún"

BOUNDARIES = """
and und et y with mit avec con in im dans en at of von de wearing holding during into through from to towards while as
is are that which who
"""

GLUE = "the der die das den dem le la les el los las l du des del al au aux zum zur am its his her some very really so"

MONOCHROME = "monochrome grayscale greyscale black-and-white schwarzweiß noir-et-blanc"

PHRASES = {
    "golden hour": "golden-hour",
    "goldene stunde": "golden-hour",
    "heure dorée": "golden-hour",
    "black and white": "black-and-white",
    "schwarz und weiß": "schwarzweiß",
    "noir et blanc": "noir-et-blanc",
    "hot air balloon": "airballoon",
    "hot air balloons": "airballoon",
    "palm tree": "palm",
    "palm trees": "palms",
    "pine tree": "pine",
    "pine trees": "pines",
    "fir tree": "fir",
    "fir trees": "firs",
    "oak tree": "oak",
    "apple tree": "tree",
    "apple trees": "trees",
    "cherry tree": "tree",
    "milky way": "galaxy",
    "outer space": "space",
    "northern lights": "aurora",
    "teddy bear": "bear",
    "sail boat": "sailboat",
    "light house": "lighthouse",
    "snow man": "snowman",
    "space ship": "spaceship",
    "coup de soleil": "soleil",
    "clair de lune": "mondlicht",
    "coucher de soleil": "couchant",
    "lever de soleil": "aube",
    "puesta de sol": "ocaso",
    "under water": "underwater",
    "under the sea": "underwater",
    "unter wasser": "underwater",
    "bajo el agua": "underwater",
    "sous l eau": "underwater",
    "hot dog": "hotdog",
    "rolling hills": "hill",
    "in front of": "front",
    "next to": "beside",
    "light blue": "hellblau",
    "dark blue": "dunkelblau",
    "pitch black": "black",
    "arc en ciel": "arc-en-ciel",
    "a few": "few",
    "a dozen": "dozen",
    "two dozen": "hundreds",
    "a pair of": "pair",
    "a couple of": "couple",
    "a lot of": "many",
    "lots of": "many",
    "dozens of": "hundreds",
    "hundreds of": "hundreds",
    "un par de": "par",
    "ein paar": "paar",
    "ein dutzend": "dutzend",
    "une douzaine de": "douzaine",
    "una docena de": "docena",
    "a flock of": "flock",
    "a herd of": "herd",
    "a swarm of": "swarm",
}
