package crema.corpus;

import java.util.List;
import java.util.stream.Stream;

/** The words of sample offers: things of each class in some languages, and what stands around them. */
enum SampleWords {
  ENGLISH("en", 60, "new,classic,premium,light,compact,original,soft,strong,modern,vintage,large,small",
      "black,white,red,blue,green,grey,silver,brown",
      "delivered in two days;made for everyday use;easy to clean;with a warranty of two years;a gift for the whole family;"
          + "tested by our customers;packed with care;in stock and ready to ship;returns are free within thirty days",
      "brake pads,oil filter,spark plug,car battery,wiper blade,roof rack,headlight bulb,tow bar,"
          + "fuel pump,floor mats",
      "stroller,baby bottle,pacifier,diaper bag,crib mattress,high chair,teething ring,baby monitor,bib set,car seat",
      "novel,cookbook,travel guide,biography,textbook,dictionary,poetry collection,atlas,picture book,paperback",
      "t-shirt,wool sweater,denim jacket,evening dress,trousers,hoodie,skirt,raincoat,polo shirt,cardigan",
      "gold necklace,silver ring,pearl earrings,bracelet,pendant,brooch,cufflinks,charm,anklet,diamond studs",
      "running shoes,leather boots,sandals,sneakers,high heels,slippers,loafers,hiking boots,ballet flats,trainers",
      "hard drive,office chair,garden hose,dog food,guitar strings,coffee machine,tent,paint brush"),
  GERMAN("de", 15, "neue,klassische,hochwertige,leichte,kompakte,originale,weiche,starke,moderne,große,kleine",
      "schwarz,weiß,rot,blau,grün,grau,silber,braun",
      "Lieferung in zwei Tagen;für jeden Tag gemacht;leicht zu reinigen;mit zwei Jahren Garantie;ein Geschenk für die Familie;"
          + "von Kunden geprüft;sorgfältig verpackt;sofort lieferbar",
      "Bremsbeläge,Ölfilter,Zündkerze,Autobatterie,Wischerblatt,Dachträger,Fußmatten,Anhängerkupplung",
      "Kinderwagen,Babyflasche,Schnuller,Wickeltasche,Hochstuhl,Beißring,Babyphone,Lätzchen",
      "Roman,Kochbuch,Reiseführer,Biografie,Lehrbuch,Wörterbuch,Gedichtband,Bilderbuch",
      "T-Shirt,Wollpullover,Jeansjacke,Abendkleid,Hose,Kapuzenpulli,Rock,Regenjacke",
      "Goldkette,Silberring,Perlenohrringe,Armband,Anhänger,Brosche,Manschettenknöpfe,Fußkettchen",
      "Laufschuhe,Lederstiefel,Sandalen,Turnschuhe,Pumps,Hausschuhe,Slipper,Wanderschuhe",
      "Festplatte,Bürostuhl,Gartenschlauch,Hundefutter,Gitarrensaiten,Kaffeemaschine,Zelt,Pinsel"),
  FRENCH("fr", 10, "nouveau,classique,premium,léger,compact,original,doux,moderne,grand,petit",
      "noir,blanc,rouge,bleu,vert,gris,argent,marron",
      "livré en deux jours;pour tous les jours;facile à nettoyer;garantie de deux ans;une idée de cadeau;"
          + "testé par nos clients;emballé avec soin;en stock",
      "plaquettes de frein,filtre à huile,bougie,batterie de voiture,essuie-glace,barres de toit,tapis de sol",
      "poussette,biberon,tétine,sac à langer,chaise haute,anneau de dentition,babyphone,bavoir",
      "roman,livre de cuisine,guide de voyage,biographie,manuel scolaire,dictionnaire,recueil de poèmes,album illustré",
      "t-shirt,pull en laine,veste en jean,robe de soirée,pantalon,sweat à capuche,jupe,imperméable",
      "collier en or,bague en argent,boucles d'oreilles,bracelet,pendentif,broche,boutons de manchette,chaîne de cheville",
      "chaussures de course,bottes en cuir,sandales,baskets,escarpins,chaussons,mocassins,ballerines",
      "disque dur,chaise de bureau,tuyau d'arrosage,croquettes,cordes de guitare,cafetière,tente,pinceau"),
  SPANISH("es", 8, "nuevo,clásico,ligero,compacto,original,suave,moderno,grande,pequeño",
      "negro,blanco,rojo,azul,verde,gris,plata,marrón",
      "entrega en dos días;para cada día;fácil de limpiar;con dos años de garantía;un regalo para la familia;"
          + "probado por clientes;en existencias",
      "pastillas de freno,filtro de aceite,bujía,batería de coche,limpiaparabrisas,portaequipajes,alfombrillas",
      "cochecito,biberón,chupete,bolso de pañales,trona,mordedor,vigilabebés,babero",
      "novela,libro de cocina,guía de viaje,biografía,libro de texto,diccionario,poemario,libro ilustrado",
      "camiseta,jersey de lana,chaqueta vaquera,vestido de noche,pantalones,sudadera,falda,chubasquero",
      "collar de oro,anillo de plata,pendientes de perlas,pulsera,colgante,broche,gemelos,tobillera",
      "zapatillas de correr,botas de cuero,sandalias,deportivas,tacones,pantuflas,mocasines,bailarinas",
      "disco duro,silla de oficina,manguera,comida para perros,cuerdas de guitarra,cafetera,tienda,pincel"),
  RUSSIAN("ru", 7, "новый,классический,лёгкий,компактный,мягкий,современный,большой,маленький",
      "чёрный,белый,красный,синий,зелёный,серый,серебристый,коричневый",
      "доставка за два дня;на каждый день;легко чистить;гарантия два года;подарок для семьи;проверено покупателями;в наличии",
      "тормозные колодки,масляный фильтр,свеча зажигания,аккумулятор,щётка стеклоочистителя,багажник,коврики",
      "коляска,бутылочка,соска,сумка для мамы,стульчик для кормления,прорезыватель,радионяня,нагрудник",
      "роман,кулинарная книга,путеводитель,биография,учебник,словарь,сборник стихов,книжка с картинками",
      "футболка,шерстяной свитер,джинсовая куртка,вечернее платье,брюки,толстовка,юбка,дождевик",
      "золотая цепочка,серебряное кольцо,серьги с жемчугом,браслет,подвеска,брошь,запонки,браслет на ногу",
      "кроссовки для бега,кожаные ботинки,сандалии,кеды,туфли на каблуке,тапочки,мокасины,балетки",
      "жёсткий диск,офисное кресло,садовый шланг,корм для собак,струны,кофеварка,палатка,кисть");

  /** Makers, the same in every language. */
  static final List<String> BRANDS =
      List.of("Arvano", "Beltrix", "Corvida", "Dunmore", "Elastra", "Fennwick", "Gravelo",
          "Harlyn", "Isomar", "Jentek", "Kolberg", "Lumido", "Marrano", "Nordfell", "Ostara", "Pelikon", "Quantra",
          "Rivello",
          "Solvang", "Tamaro", "Umbriel", "Vantora", "Westrup", "Xandia", "Yorvik", "Zelmann");

  private final String code;
  private final int weight;
  private final List<String> adjectives;
  private final List<String> colours;
  private final List<String> phrases;
  private final List<List<String>> things;

  SampleWords(String code, int weight, String adjectives, String colours, String phrases, String... things) {
    this.code = code;
    this.weight = weight;
    this.adjectives = List.of(adjectives.split(","));
    this.colours = List.of(colours.split(","));
    this.phrases = List.of(phrases.split(";"));
    this.things = Stream.of(things).map(list -> List.of(list.split(","))).toList();
  }

  /** The language of a number from 0 up to, without, 100. */
  static SampleWords of(int percent) {
    int left = percent;
    for (SampleWords words : values()) {
      left -= words.weight;
      if (left < 0) {
        return words;
      }
    }
    throw new IllegalArgumentException(percent + " is no percentage");
  }

  /** The code of the language, of two letters. */
  String code() {
    return code;
  }

  List<String> adjectives() {
    return adjectives;
  }

  List<String> colours() {
    return colours;
  }

  List<String> phrases() {
    return phrases;
  }

  /** The things of a class: those of {@link LspcClasses#SIX} in their order, and all others after them. */
  List<String> things(int topic) {
    return things.get(Math.min(topic, things.size() - 1));
  }
}
