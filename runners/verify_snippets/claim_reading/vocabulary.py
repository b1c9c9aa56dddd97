"""The words for memory, devices and the times of a model's life, in the languages of cards."""

import re

from verify_snippets.pattern import Pattern

_STARTS = Pattern(r"\\b(?=[A-Za-z0-9#\\]|\(\?:|\((?!\?)|\[(?!\^))(?!\\[sW])")


def words(*patterns: str) -> Pattern:
    r"""One pattern out of many; letter case is ignored.

    ``\b`` is an edge to ASCII letters alone: in scripts without spaces, ``GPU`` stands between other letters.
    """
    return Pattern("|".join(patterns), re.IGNORECASE, prepare=_with_edges)


def _with_edges(text: str) -> str:
    return _STARTS.sub(lambda _: "(?<![A-Za-z0-9_])", text).replace(r"\b", "(?![A-Za-z0-9_])")


VIDEO_MEMORY = words(
    r"\bv-?ram\b",
    r"\bgpu[- ]?(?:v?ram|mem(?:ory)?|mem\.)",
    r"\b(?:video|graphics?|cuda|device|hbm) (?:memory|ram)\b",
    r"显存|顯存|显卡内存|視訊記憶體|GPU ?内存|GPU ?記憶體|显卡显存",
    r"(?:GPU|ビデオ|グラフィック) ?メモリ",
    r"(?:GPU|비디오|그래픽) ?메모리",
    r"\b(?:Grafik(?:karten)?|Video|GPU-?)speicher",
    r"\bmémoire (?:gpu|vidéo|graphique|du gpu|de la carte)",
    r"\bmemoria (?:de )?(?:la )?(?:gpu|v[ií]deo|gráfica)",
    r"мемори gpu|видеопамят\w*|памят\w* (?:gpu|видеокарт\w*)|gpu[- ]памят\w*|bộ nhớ GPU",
)

MEMORY = words(
    r"\b(?:d|lpd|s)?ram\b",
    r"\b(?:unified )?memory\b(?![- ](?:bandwidth|efficient))",
    r"\bmem\b|\bmac(?:book)?s?\b(?: (?:pro|air|mini|studio))?|\bM[1-5](?: (?:Pro|Max|Ultra))?\b",
    r"内存|記憶體|运存",
    r"メモリ",
    r"메모리|램(?!프)",
    r"\b(?:arbeits)?speicher\b(?!platz)",
    r"\bmémoire\b",
    r"\bmem[oó]ria\b",
    r"(?<!видео)памят\w*|ОЗУ|оперативк\w*",
    r"bộ nhớ",
)

CORES = words(
    r"\b\d+[- ]?(?:x )?(?:(?:physical|logical|virtual|cpu)[- ])?(?:v?cpus?(?:[- ]cores?)?|cores?)\b",
)

DEVICE = words(
    r"\bgpus?\b",
    r"\b(?:graphics?|video|consumer|nvidia|gaming|gb|gib) cards?\b|\bcards?\b(?=[ ,.;:)]|$)",
    r"\bcuda\b",
    r"显卡|顯卡|单卡|多卡|双卡|八卡|卡上",
    r"グラフィックボード|グラボ",
    r"그래픽 ?카드",
    r"\bgrafikkarten?\b",
    r"\bcartes? graphiques?\b",
    r"\btarjetas? gráficas?\b",
    r"видеокарт\w*",
)

DISK = words(
    r"\bdisk\b|\bdiskspace\b|\bssd\b|\bhard drive\b",
    r"\bstorage\b",
    r"\bdownload(?:s|ed|ing)?\b",
    r"\bweigh(?:s|ing)?\b|\btakes? up\b|\boccup(?:ies|y|ying)\b|\bzip\b|\barchive\b|"
    r"\b(?:file|model|checkpoint|weights?|on-disk|package|bundle|repo(?:sitory)?|"
    r"total)[- ]?sizes?\b",
    r"\bsized?\b|\bfiles?\b|\bcheckpoints?\b|\bshards?\b|\bweights?\b|\bsafetensors\b|\bgguf\b|\bonnx\b",
    r"硬盘|磁盘|硬碟|存储|大小|体积|文件",
    r"ディスク|ストレージ|サイズ|容量",
    r"디스크|용량|크기|저장",
    r"\bfestplatten?\w*|\bspeicherplatz\b|\bdateigröße\b|\bgröße\b",
    r"\bdisque\b|\btaille\b|\bespace\b",
    r"\bdisco\b|\btamaño\b|\bespacio\b|\balmacenamiento\b",
    r"диск\w*|размер\w*|весит|места",
    r"dung lượng",
)

DATA = words(
    (
        r"\bdata-?sets?\b|\bcorp(?:us|ora)\b|\b(?:raw |clean(?:ed)? |plain |of |web )text\b|"
        r"\btexts\b|\bdocuments?\b"
    ),
    r"\bof (?:\w+ ){0,3}(?:data|code|audio|speech|images?|tokens|tweets|articles|books)\b",
    r"\b(?:training|pre-?training|text|web|crawl\w*|our|the|of) data\b|"
    r"\bdata\b(?! ?(?:type|parallel|center|format))",
    r"语料|数据集|训练数据|数据|データ|コーパス|데이터|말뭉치|코퍼스|корпус\w*|данны[хе]\b|текст\w*",
    r"\bwikipedia\b|\boscar\b|\bcommon ?crawl\b|\bthe pile\b|\bbookcorpus\b",
)

TRAINING = words(
    (
        r"\b(?:pre-?|re)?train(?:ed|ing|s|er|able)?\b(?![- ](?:model|weight|checkpoint|language|"
        r"transformer|network|free|embedding))"
    ),
    (
        r"\bfine-? ?tun(?:ed|ing|e|es|able)\b(?! (?:model|checkpoint|version)s?\b)|\bfine-?tunes?\b|"
        r"(?<![\w-])sft(?![\w-])|\bq?lora[- ](?:tun|train|fine)\w*|\b(?:prompt|instruction|adapter|full|"
        r"p)[- ]tuning\b"
    ),
    r"\bdistill(?:ed|ing|ation)\b(?! (?:model|version)s?\b)",
    (
        r"\bcarbon\b|\bco2\b|\bemissions?\b|\benvironmental\b|\bcompute infrastructure\b|"
        r"\bepochs?\b|\bhours used\b|\bcloud provider\b"
    ),
    r"训练|微调|訓練|預訓練|预训练(?!模型)",
    r"学習(?!済)|ファインチューニング|トレーニング",
    r"학습|훈련|미세 ?조정|파인튜닝",
    r"\btrainiert\w*|\bgetrain\w*|\bfeinabgestimmt\w*",
    r"\bentra[iî]n\w*",
    r"\bentren\w*|\btreinad\w*",
    r"(?:пред|до)?обуч(?:ен|ал|ае|и)\w*|трениров\w*",
    r"huấn luyện|tinh chỉnh",
)

INFERENCE = words(
    r"\binferenc\w*|\binfer(?:s|red|ring)?\b",
    r"\bserv(?:e|es|ed|ing)\b|\bdeploy\w*",
    r"\bgenerat(?:e|es|ing|ion)\b",
    (
        r"推理|部署|推論|运行|加载|生成|実行|추론|실행|инференс\w*|запуск\w*|инференц\w*|\binferenz\w*|"
        r"\binférence|\binferencia|suy luận"
    ),
)

# Weaker: these also happen in training.
RUNNING = words(
    (
        r"\brun(?:s|ning)?\b|\bload(?:s|ed|ing)?\b|\btest(?:ed|s)?\b|\bevaluat\w*|\bbenchmark\w*|"
        r"\buse(?:d)? (?:this|the) model\b"
    ),
    r"\bwork(?:s|ing)? (?:on|with)\b|\bfits?\b|\blatency\b|\bthroughput\b|\bdecod\w*|\bspeed\b",
)

OTHER = words(
    (
        r"\bbaselines?\b|\bteacher\b|\bconver(?:ted|sion) (?:on|using|took)\b|\bquantiz(?:ed|"
        r"ation) (?:on|took|was (?:done|performed))\b"
    ),
    (
        r"\bbuilt (?:on|with)\b|\bbuild (?:time|environment|machine)\b|\boriginal(?: version)?\b|"
        r"\bunpruned\b|\bunquantized\b"
    ),
)
