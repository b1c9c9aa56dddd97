(() => {
  // node_modules/@huggingface/tasks/dist/esm/library-to-tasks.js
  var LIBRARY_TASK_MAPPING = {
    "adapter-transformers": ["question-answering", "text-classification", "token-classification"],
    allennlp: ["question-answering"],
    asteroid: [
      // "audio-source-separation",
      "audio-to-audio"
    ],
    bertopic: ["text-classification"],
    diffusers: ["image-to-image", "text-to-image"],
    doctr: ["object-detection"],
    espnet: ["text-to-speech", "automatic-speech-recognition"],
    fairseq: ["text-to-speech", "audio-to-audio"],
    fastai: ["image-classification"],
    fasttext: ["feature-extraction", "text-classification"],
    flair: ["token-classification"],
    k2: ["automatic-speech-recognition"],
    keras: ["image-classification"],
    nemo: ["automatic-speech-recognition"],
    open_clip: ["zero-shot-classification", "zero-shot-image-classification"],
    paddlenlp: ["fill-mask", "summarization", "zero-shot-classification"],
    peft: ["text-generation"],
    "pyannote-audio": ["automatic-speech-recognition"],
    "sentence-transformers": ["feature-extraction", "sentence-similarity"],
    setfit: ["text-classification"],
    sklearn: ["tabular-classification", "tabular-regression", "text-classification"],
    spacy: ["token-classification", "text-classification", "sentence-similarity"],
    "span-marker": ["token-classification"],
    speechbrain: ["audio-classification", "audio-to-audio", "automatic-speech-recognition", "text-to-speech"],
    stanza: ["token-classification"],
    timm: ["image-classification", "image-feature-extraction"],
    transformers: [
      "audio-classification",
      "automatic-speech-recognition",
      "depth-estimation",
      "document-question-answering",
      "feature-extraction",
      "fill-mask",
      "image-classification",
      "image-feature-extraction",
      "image-segmentation",
      "image-to-image",
      "image-to-text",
      "image-text-to-text",
      "mask-generation",
      "object-detection",
      "question-answering",
      "summarization",
      "table-question-answering",
      "text-classification",
      "text-generation",
      "text-to-audio",
      "text-to-speech",
      "token-classification",
      "translation",
      "video-classification",
      "visual-question-answering",
      "zero-shot-classification",
      "zero-shot-image-classification",
      "zero-shot-object-detection"
    ],
    mindspore: ["image-classification"]
  };
  var REMOVED_IN_V5_TRANSFORMERS_PIPELINES = ["image-to-text", "summarization", "translation"];

  // node_modules/@huggingface/tasks/dist/esm/snippets/inputs.js
  var inputsZeroShotClassification = () => `"Hi, I recently bought a device from your company but it is not working as advertised and I would like to get reimbursed!"`;
  var inputsTranslation = () => `"Меня зовут Вольфганг и я живу в Берлине"`;
  var inputsSummarization = () => `"The tower is 324 metres (1,063 ft) tall, about the same height as an 81-storey building, and the tallest structure in Paris. Its base is square, measuring 125 metres (410 ft) on each side. During its construction, the Eiffel Tower surpassed the Washington Monument to become the tallest man-made structure in the world, a title it held for 41 years until the Chrysler Building in New York City was finished in 1930. It was the first structure to reach a height of 300 metres. Due to the addition of a broadcasting aerial at the top of the tower in 1957, it is now taller than the Chrysler Building by 5.2 metres (17 ft). Excluding transmitters, the Eiffel Tower is the second tallest free-standing structure in France after the Millau Viaduct."`;
  var inputsTableQuestionAnswering = () => `{
    "query": "How many stars does the transformers repository have?",
    "table": {
        "Repository": ["Transformers", "Datasets", "Tokenizers"],
        "Stars": ["36542", "4512", "3934"],
        "Contributors": ["651", "77", "34"],
        "Programming language": [
            "Python",
            "Python",
            "Rust, Python and NodeJS"
        ]
    }
}`;
  var inputsVisualQuestionAnswering = () => `{
        "image": "cat.png",
        "question": "What is in this image?"
    }`;
  var inputsQuestionAnswering = () => `{
    "question": "What is my name?",
    "context": "My name is Clara and I live in Berkeley."
}`;
  var inputsTextClassification = () => `"I like you. I love you"`;
  var inputsTokenClassification = () => `"My name is Sarah Jessica Parker but you can call me Jessica"`;
  var inputsTextGeneration = (model) => model.pipeline_tag === "text-generation" ? [{ role: "user", content: "What is the capital of France?" }] : [
    {
      role: "user",
      content: [
        {
          type: "text",
          text: "Describe this image in one sentence."
        },
        {
          type: "image_url",
          image_url: {
            url: "https://cdn.britannica.com/61/93061-050-99147DCE/Statue-of-Liberty-Island-New-York-Bay.jpg"
          }
        }
      ]
    }
  ];
  var inputsFillMask = (model) => JSON.stringify(`The answer to the universe is ${model.mask_token}.`);
  var inputsSentenceSimilarity = () => `{
    "source_sentence": "That is a happy person",
    "sentences": [
        "That is a happy dog",
        "That is a very happy person",
        "Today is a sunny day"
    ]
}`;
  var inputsFeatureExtraction = () => `"Today is a sunny day and I will get some ice cream."`;
  var inputsImageClassification = () => `"cats.jpg"`;
  var inputsImageToText = () => `"cats.jpg"`;
  var inputsImageToImage = () => `{
    "image": "cat.png",
    "prompt": "Turn the cat into a tiger."
}`;
  var inputsImageToVideo = () => `{
    "image": "cat.png",
    "prompt": "The cat starts to dance"
}`;
  var inputsImageTextToImage = () => `{
    "image": "cat.png",
    "prompt": "Turn the cat into a tiger."
}`;
  var inputsImageTextToVideo = () => `{
    "image": "cat.png",
    "prompt": "The cat starts to dance"
}`;
  var inputsImageSegmentation = () => `"cats.jpg"`;
  var inputsObjectDetection = () => `"cats.jpg"`;
  var inputsAudioToAudio = () => `"sample1.flac"`;
  var inputsAudioClassification = () => `"sample1.flac"`;
  var inputsTextToImage = () => `"Astronaut riding a horse"`;
  var inputsTextToVideo = () => `"A young man walking on the street"`;
  var inputsTextToSpeech = () => `"The answer to the universe is 42"`;
  var inputsTextToAudio = () => `"liquid drum and bass, atmospheric synths, airy sounds"`;
  var inputsAutomaticSpeechRecognition = () => `"sample1.flac"`;
  var inputsTabularPrediction = () => `'{"Height":[11.52,12.48],"Length1":[23.2,24.0],"Length2":[25.4,26.3],"Species": ["Bream","Bream"]}'`;
  var inputsZeroShotImageClassification = () => `"cats.jpg"`;
  var modelInputSnippets = {
    "audio-to-audio": inputsAudioToAudio,
    "audio-classification": inputsAudioClassification,
    "automatic-speech-recognition": inputsAutomaticSpeechRecognition,
    "document-question-answering": inputsVisualQuestionAnswering,
    "feature-extraction": inputsFeatureExtraction,
    "fill-mask": inputsFillMask,
    "image-classification": inputsImageClassification,
    "image-to-text": inputsImageToText,
    "image-to-image": inputsImageToImage,
    "image-to-video": inputsImageToVideo,
    "image-text-to-image": inputsImageTextToImage,
    "image-text-to-video": inputsImageTextToVideo,
    "image-segmentation": inputsImageSegmentation,
    "object-detection": inputsObjectDetection,
    "question-answering": inputsQuestionAnswering,
    "sentence-similarity": inputsSentenceSimilarity,
    summarization: inputsSummarization,
    "table-question-answering": inputsTableQuestionAnswering,
    "tabular-regression": inputsTabularPrediction,
    "tabular-classification": inputsTabularPrediction,
    "text-classification": inputsTextClassification,
    "text-generation": inputsTextGeneration,
    "image-text-to-text": inputsTextGeneration,
    "text-to-image": inputsTextToImage,
    "text-to-video": inputsTextToVideo,
    "text-to-speech": inputsTextToSpeech,
    "text-to-audio": inputsTextToAudio,
    "token-classification": inputsTokenClassification,
    translation: inputsTranslation,
    "zero-shot-classification": inputsZeroShotClassification,
    "zero-shot-image-classification": inputsZeroShotImageClassification
  };
  function getModelInputSnippet(model, noWrap = false, noQuotes = false) {
    if (model.pipeline_tag) {
      const inputs = modelInputSnippets[model.pipeline_tag];
      if (inputs) {
        let result = inputs(model);
        if (typeof result === "string") {
          if (noWrap) {
            result = result.replace(/(?:(?:\r?\n|\r)\t*)|\t+/g, " ");
          }
          if (noQuotes) {
            const REGEX_QUOTES = /^"(.+)"$/s;
            const match = result.match(REGEX_QUOTES);
            result = match ? match[1] : result;
          }
        }
        return result;
      }
    }
    return "No input example has been defined for this model task.";
  }

  // node_modules/@huggingface/tasks/dist/esm/snippets/common.js
  function stringifyMessages(messages, opts) {
    let messagesStr = JSON.stringify(messages, null, "	");
    if (opts?.indent) {
      messagesStr = messagesStr.replaceAll("\n", `
${opts.indent}`);
    }
    if (!opts?.attributeKeyQuotes) {
      messagesStr = messagesStr.replace(/"([^"]+)":/g, "$1:");
    }
    if (opts?.customContentEscaper) {
      messagesStr = opts.customContentEscaper(messagesStr);
    }
    return messagesStr;
  }

  // node_modules/@huggingface/tasks/dist/esm/model-libraries-snippets.js
  var TAG_CUSTOM_CODE = "custom_code";
  function nameWithoutNamespace(modelId) {
    const splitted = modelId.split("/");
    return splitted.length === 1 ? splitted[0] : splitted[1];
  }
  var escapeStringForJson = (str) => JSON.stringify(str).slice(1, -1);
  var isValidIdentifier = (str) => /^[A-Za-z_]\w*$/.test(str);
  var adapters = (model) => [
    `from adapters import AutoAdapterModel

model = AutoAdapterModel.from_pretrained("${escapeStringForJson(model.config?.adapter_transformers?.model_name ?? "fill-in-model-name")}")
model.load_adapter("${model.id}", set_active=True)`
  ];
  var allennlpUnknown = (model) => [
    `import allennlp_models
from allennlp.predictors.predictor import Predictor

predictor = Predictor.from_path("hf://${model.id}")`
  ];
  var allennlpQuestionAnswering = (model) => [
    `import allennlp_models
from allennlp.predictors.predictor import Predictor

predictor = Predictor.from_path("hf://${model.id}")
predictor_input = {"passage": "My name is Wolfgang and I live in Berlin", "question": "Where do I live?"}
predictions = predictor.predict_json(predictor_input)`
  ];
  var allennlp = (model) => {
    if (model.tags.includes("question-answering")) {
      return allennlpQuestionAnswering(model);
    }
    return allennlpUnknown(model);
  };
  var araclip = (model) => [
    `from araclip import AraClip

model = AraClip.from_pretrained("${model.id}")`
  ];
  var asteroid = (model) => [
    `from asteroid.models import BaseModel

model = BaseModel.from_pretrained("${model.id}")`
  ];
  var audioseal = (model) => {
    const watermarkSnippet = `# Watermark Generator
from audioseal import AudioSeal

model = AudioSeal.load_generator("${model.id}")
# pass a tensor (tensor_wav) of shape (batch, channels, samples) and a sample rate
wav, sr = tensor_wav, 16000

watermark = model.get_watermark(wav, sr)
watermarked_audio = wav + watermark`;
    const detectorSnippet = `# Watermark Detector
from audioseal import AudioSeal

detector = AudioSeal.load_detector("${model.id}")

result, message = detector.detect_watermark(watermarked_audio, sr)`;
    return [watermarkSnippet, detectorSnippet];
  };
  function get_base_diffusers_model(model) {
    return escapeStringForJson(model.cardData?.base_model?.toString() ?? "fill-in-base-model");
  }
  function get_prompt_from_diffusers_model(model) {
    const prompt = model.widgetData?.[0]?.text ?? model.cardData?.instance_prompt;
    if (prompt) {
      return escapeStringForJson(prompt);
    }
  }
  var ben2 = (model) => [
    `import requests
from PIL import Image
from ben2 import AutoModel

url = "https://huggingface.co/datasets/mishig/sample_images/resolve/main/teapot.jpg"
image = Image.open(requests.get(url, stream=True).raw)

model = AutoModel.from_pretrained("${model.id}")
model.to("cuda").eval()
foreground = model.inference(image)
`
  ];
  var bertopic = (model) => [
    `from bertopic import BERTopic

model = BERTopic.load("${model.id}")`
  ];
  var bm25s = (model) => [
    `from bm25s.hf import BM25HF

retriever = BM25HF.load_from_hub("${model.id}")`
  ];
  var chatterbox = () => [
    `# pip install chatterbox-tts
import torchaudio as ta
from chatterbox.tts import ChatterboxTTS

model = ChatterboxTTS.from_pretrained(device="cuda")

text = "Ezreal and Jinx teamed up with Ahri, Yasuo, and Teemo to take down the enemy's Nexus in an epic late-game pentakill."
wav = model.generate(text)
ta.save("test-1.wav", wav, model.sr)

# If you want to synthesize with a different voice, specify the audio prompt
AUDIO_PROMPT_PATH="YOUR_FILE.wav"
wav = model.generate(text, audio_prompt_path=AUDIO_PROMPT_PATH)
ta.save("test-2.wav", wav, model.sr)`
  ];
  var chronos_forecasting = (model) => {
    const installSnippet = `pip install chronos-forecasting`;
    const exampleSnippet = `import pandas as pd
from chronos import BaseChronosPipeline

pipeline = BaseChronosPipeline.from_pretrained("${model.id}", device_map="cuda")

# Load historical data
context_df = pd.read_csv("https://autogluon.s3.us-west-2.amazonaws.com/datasets/timeseries/misc/AirPassengers.csv")

# Generate predictions
pred_df = pipeline.predict_df(
    context_df,
    prediction_length=36,  # Number of steps to forecast
    quantile_levels=[0.1, 0.5, 0.9],  # Quantiles for probabilistic forecast
    id_column="item_id",  # Column identifying different time series
    timestamp_column="Month",  # Column with datetime information
    target="#Passengers",  # Column(s) with time series values to predict
)`;
    return [installSnippet, exampleSnippet];
  };
  var collectorvision = (model) => [
    `pip install git+https://github.com/HanClinto/CollectorVision huggingface_hub`,
    `from huggingface_hub import hf_hub_download
import collector_vision as cvg

checkpoint = hf_hub_download(repo_id="${model.id}", filename="model.onnx")

# Detector models, such as Cornelius:
detector = cvg.NeuralCornerDetector(checkpoint)

# Embedder models, such as Milo:
embedder = cvg.NeuralEmbedder(checkpoint)`
  ];
  var colipri = (model) => {
    const installSnippet = `pip install colipri`;
    const exampleSnippet = `from colipri import get_model
from colipri import get_processor
from colipri import load_sample_ct
from colipri import ZeroShotImageClassificationPipeline

model = get_model().cuda()
processor = get_processor()
pipeline = ZeroShotImageClassificationPipeline("${model.id}", processor)

image = load_sample_ct()

pipeline(image, ["No lung nodules", "Lung nodules"])
`;
    return [installSnippet, exampleSnippet];
  };
  var sap_rpt_one_oss = () => {
    const installSnippet = `pip install git+https://github.com/SAP-samples/sap-rpt-1-oss`;
    const classificationSnippet = `# Run a classification task
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from sap_rpt_oss import SAP_RPT_OSS_Classifier

# Load sample data
X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=42)

# Initialize a classifier, 8k context and 8-fold bagging gives best performance, reduce if running out of memory
clf = SAP_RPT_OSS_Classifier(max_context_size=8192, bagging=8)

clf.fit(X_train, y_train)

# Predict probabilities
prediction_probabilities = clf.predict_proba(X_test)
# Predict labels
predictions = clf.predict(X_test)
print("Accuracy", accuracy_score(y_test, predictions))`;
    const regressionsSnippet = `# Run a regression task
from sklearn.datasets import fetch_openml
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

from sap_rpt_oss import SAP_RPT_OSS_Regressor

# Load sample data
df = fetch_openml(data_id=531, as_frame=True)
X = df.data
y = df.target.astype(float)

# Train-test split
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=42)

# Initialize the regressor, 8k context and 8-fold bagging gives best performance, reduce if running out of memory
regressor = SAP_RPT_OSS_Regressor(max_context_size=8192, bagging=8)

regressor.fit(X_train, y_train)

# Predict on the test set
predictions = regressor.predict(X_test)

r2 = r2_score(y_test, predictions)
print("R² Score:", r2)`;
    return [installSnippet, classificationSnippet, regressionsSnippet];
  };
  var cortiq = (model) => {
    const setup = `# one Rust binary, no additional dependencies
cargo install cortiq-cli   # or a prebuilt binary from github.com/infosave2007/cmf/releases
hf download ${model.id} --include "*.cmf" --local-dir .
ls *.cmf                   # some repos ship more than one quantization`;
    if (model.pipeline_tag === "text-to-image") {
      return [setup, `cortiq imagine FILE.cmf --prompt "a red fox in a snowy forest" --out fox.ppm`];
    }
    if (model.pipeline_tag === "text-to-video") {
      return [setup, `cortiq animate FILE.cmf --prompt "a corgi in a chef hat flipping a pancake" --out clip.avi`];
    }
    if (model.pipeline_tag === "text-to-audio") {
      return [
        setup,
        `cortiq music FILE.cmf --prompt "dream pop, warm analog synths, brushed drums" \\
  --lyrics "[verse] the tide came in and took the map" --seconds 20 --out song.wav`
      ];
    }
    return [
      setup,
      `cortiq run FILE.cmf --prompt "What is the capital of France?"`,
      `cortiq serve FILE.cmf --port 8080   # OpenAI-compatible server`
    ];
  };
  var cxr_foundation = () => [
    `# pip install git+https://github.com/Google-Health/cxr-foundation.git#subdirectory=python

# Load image as grayscale (Stillwaterising, CC0, via Wikimedia Commons)
import requests
from PIL import Image
from io import BytesIO
image_url = "https://upload.wikimedia.org/wikipedia/commons/c/c8/Chest_Xray_PA_3-8-2010.png"
img = Image.open(requests.get(image_url, headers={'User-Agent': 'Demo'}, stream=True).raw).convert('L')

# Run inference
from clientside.clients import make_hugging_face_client
cxr_client = make_hugging_face_client('cxr_model')
print(cxr_client.get_image_embeddings_from_images([img]))`
  ];
  var depth_anything_v2 = (model) => {
    let encoder;
    let features;
    let out_channels;
    encoder = "<ENCODER>";
    features = "<NUMBER_OF_FEATURES>";
    out_channels = "<OUT_CHANNELS>";
    if (model.id === "depth-anything/Depth-Anything-V2-Small") {
      encoder = "vits";
      features = "64";
      out_channels = "[48, 96, 192, 384]";
    } else if (model.id === "depth-anything/Depth-Anything-V2-Base") {
      encoder = "vitb";
      features = "128";
      out_channels = "[96, 192, 384, 768]";
    } else if (model.id === "depth-anything/Depth-Anything-V2-Large") {
      encoder = "vitl";
      features = "256";
      out_channels = "[256, 512, 1024, 1024";
    }
    return [
      `
# Install from https://github.com/DepthAnything/Depth-Anything-V2

# Load the model and infer depth from an image
import cv2
import torch

from depth_anything_v2.dpt import DepthAnythingV2

# instantiate the model
model = DepthAnythingV2(encoder="${encoder}", features=${features}, out_channels=${out_channels})

# load the weights
filepath = hf_hub_download(repo_id="${model.id}", filename="depth_anything_v2_${encoder}.pth", repo_type="model")
state_dict = torch.load(filepath, map_location="cpu")
model.load_state_dict(state_dict).eval()

raw_img = cv2.imread("your/image/path")
depth = model.infer_image(raw_img) # HxW raw depth map in numpy
    `
    ];
  };
  var depth_pro = (model) => {
    const installSnippet = `# Download checkpoint
pip install huggingface-hub
huggingface-cli download --local-dir checkpoints ${model.id}`;
    const inferenceSnippet = `import depth_pro

# Load model and preprocessing transform
model, transform = depth_pro.create_model_and_transforms()
model.eval()

# Load and preprocess an image.
image, _, f_px = depth_pro.load_rgb("example.png")
image = transform(image)

# Run inference.
prediction = model.infer(image, f_px=f_px)

# Results: 1. Depth in meters
depth = prediction["depth"]
# Results: 2. Focal length in pixels
focallength_px = prediction["focallength_px"]`;
    return [installSnippet, inferenceSnippet];
  };
  var derm_foundation = () => [
    `from huggingface_hub import from_pretrained_keras
import tensorflow as tf, requests

# Load and format input
IMAGE_URL = "https://storage.googleapis.com/dx-scin-public-data/dataset/images/3445096909671059178.png"
input_tensor = tf.train.Example(
    features=tf.train.Features(
        feature={
            "image/encoded": tf.train.Feature(
                bytes_list=tf.train.BytesList(value=[requests.get(IMAGE_URL, stream=True).content])
            )
        }
    )
).SerializeToString()

# Load model and run inference
loaded_model = from_pretrained_keras("google/derm-foundation")
infer = loaded_model.signatures["serving_default"]
print(infer(inputs=tf.constant([input_tensor])))`
  ];
  var dia = (model) => [
    `import soundfile as sf
from dia.model import Dia

model = Dia.from_pretrained("${model.id}")
text = "[S1] Dia is an open weights text to dialogue model. [S2] You get full control over scripts and voices. [S1] Wow. Amazing. (laughs) [S2] Try it now on Git hub or Hugging Face."
output = model.generate(text)

sf.write("simple.mp3", output, 44100)`
  ];
  var dia2 = (model) => [
    `from dia2 import Dia2, GenerationConfig, SamplingConfig

dia = Dia2.from_repo("${model.id}", device="cuda", dtype="bfloat16")
config = GenerationConfig(
    cfg_scale=2.0,
    audio=SamplingConfig(temperature=0.8, top_k=50),
    use_cuda_graph=True,
)
result = dia.generate("[S1] Hello Dia2!", config=config, output_wav="hello.wav", verbose=True)
`
  ];
  var describe_anything = (model) => [
    `# pip install git+https://github.com/NVlabs/describe-anything
from huggingface_hub import snapshot_download
from dam import DescribeAnythingModel

snapshot_download(${model.id}, local_dir="checkpoints")

dam = DescribeAnythingModel(
	model_path="checkpoints",
	conv_mode="v1",
	prompt_mode="focal_prompt",
)`
  ];
  var diffusers_install = "pip install -U diffusers transformers accelerate";
  var diffusersDefaultPrompt = "Astronaut in a jungle, cold color palette, muted colors, detailed, 8k";
  var diffusersImg2ImgDefaultPrompt = "Turn this cat into a dog";
  var diffusersVideoDefaultPrompt = "A man with short gray hair plays a red electric guitar.";
  var diffusers_default = (model) => [
    `import torch
from diffusers import DiffusionPipeline

# switch to "mps" for apple devices
pipe = DiffusionPipeline.from_pretrained("${model.id}", dtype=torch.bfloat16, device_map="cuda")

prompt = "${get_prompt_from_diffusers_model(model) ?? diffusersDefaultPrompt}"
image = pipe(prompt).images[0]`
  ];
  var diffusers_image_to_image = (model) => [
    `import torch
from diffusers import DiffusionPipeline
from diffusers.utils import load_image

# switch to "mps" for apple devices
pipe = DiffusionPipeline.from_pretrained("${model.id}", dtype=torch.bfloat16, device_map="cuda")

prompt = "${get_prompt_from_diffusers_model(model) ?? diffusersImg2ImgDefaultPrompt}"
input_image = load_image("https://huggingface.co/datasets/huggingface/documentation-images/resolve/main/diffusers/cat.png")

image = pipe(image=input_image, prompt=prompt).images[0]`
  ];
  var diffusers_image_to_video = (model) => [
    `import torch
from diffusers import DiffusionPipeline
from diffusers.utils import load_image, export_to_video

# switch to "mps" for apple devices
pipe = DiffusionPipeline.from_pretrained("${model.id}", dtype=torch.bfloat16, device_map="cuda")
pipe.to("cuda")

prompt = "${get_prompt_from_diffusers_model(model) ?? diffusersVideoDefaultPrompt}"
image = load_image(
    "https://huggingface.co/datasets/huggingface/documentation-images/resolve/main/diffusers/guitar-man.png"
)

output = pipe(image=image, prompt=prompt).frames[0]
export_to_video(output, "output.mp4")`
  ];
  var diffusers_controlnet = (model) => [
    `from diffusers import ControlNetModel, StableDiffusionControlNetPipeline

controlnet = ControlNetModel.from_pretrained("${model.id}")
pipe = StableDiffusionControlNetPipeline.from_pretrained(
	"${get_base_diffusers_model(model)}", controlnet=controlnet
)`
  ];
  var diffusers_lora = (model) => [
    `import torch
from diffusers import DiffusionPipeline

# switch to "mps" for apple devices
pipe = DiffusionPipeline.from_pretrained("${get_base_diffusers_model(model)}", dtype=torch.bfloat16, device_map="cuda")
pipe.load_lora_weights("${model.id}")

prompt = "${get_prompt_from_diffusers_model(model) ?? diffusersDefaultPrompt}"
image = pipe(prompt).images[0]`
  ];
  var diffusers_lora_image_to_image = (model) => [
    `import torch
from diffusers import DiffusionPipeline
from diffusers.utils import load_image

# switch to "mps" for apple devices
pipe = DiffusionPipeline.from_pretrained("${get_base_diffusers_model(model)}", dtype=torch.bfloat16, device_map="cuda")
pipe.load_lora_weights("${model.id}")

prompt = "${get_prompt_from_diffusers_model(model) ?? diffusersImg2ImgDefaultPrompt}"
input_image = load_image("https://huggingface.co/datasets/huggingface/documentation-images/resolve/main/diffusers/cat.png")

image = pipe(image=input_image, prompt=prompt).images[0]`
  ];
  var diffusers_lora_text_to_video = (model) => [
    `import torch
from diffusers import DiffusionPipeline
from diffusers.utils import export_to_video

# switch to "mps" for apple devices
pipe = DiffusionPipeline.from_pretrained("${get_base_diffusers_model(model)}", dtype=torch.bfloat16, device_map="cuda")
pipe.load_lora_weights("${model.id}")

prompt = "${get_prompt_from_diffusers_model(model) ?? diffusersVideoDefaultPrompt}"

output = pipe(prompt=prompt).frames[0]
export_to_video(output, "output.mp4")`
  ];
  var diffusers_lora_image_to_video = (model) => [
    `import torch
from diffusers import DiffusionPipeline
from diffusers.utils import load_image, export_to_video

# switch to "mps" for apple devices
pipe = DiffusionPipeline.from_pretrained("${get_base_diffusers_model(model)}", dtype=torch.bfloat16, device_map="cuda")
pipe.load_lora_weights("${model.id}")

prompt = "${get_prompt_from_diffusers_model(model) ?? diffusersVideoDefaultPrompt}"
input_image = load_image("https://huggingface.co/datasets/huggingface/documentation-images/resolve/main/diffusers/guitar-man.png")

image = pipe(image=input_image, prompt=prompt).frames[0]
export_to_video(output, "output.mp4")`
  ];
  var diffusers_textual_inversion = (model) => [
    `import torch
from diffusers import DiffusionPipeline

# switch to "mps" for apple devices
pipe = DiffusionPipeline.from_pretrained("${get_base_diffusers_model(model)}", dtype=torch.bfloat16, device_map="cuda")
pipe.load_textual_inversion("${model.id}")`
  ];
  var diffusers_flux_fill = (model) => [
    `import torch
from diffusers import FluxFillPipeline
from diffusers.utils import load_image

image = load_image("https://huggingface.co/datasets/diffusers/diffusers-images-docs/resolve/main/cup.png")
mask = load_image("https://huggingface.co/datasets/diffusers/diffusers-images-docs/resolve/main/cup_mask.png")

# switch to "mps" for apple devices
pipe = FluxFillPipeline.from_pretrained("${model.id}", dtype=torch.bfloat16, device_map="cuda")
image = pipe(
    prompt="a white paper cup",
    image=image,
    mask_image=mask,
    height=1632,
    width=1232,
    guidance_scale=30,
    num_inference_steps=50,
    max_sequence_length=512,
    generator=torch.Generator("cpu").manual_seed(0)
).images[0]
image.save(f"flux-fill-dev.png")`
  ];
  var diffusers_inpainting = (model) => [
    `import torch
from diffusers import AutoPipelineForInpainting
from diffusers.utils import load_image

# switch to "mps" for apple devices
pipe = AutoPipelineForInpainting.from_pretrained("${model.id}", dtype=torch.float16, variant="fp16", device_map="cuda")

img_url = "https://raw.githubusercontent.com/CompVis/latent-diffusion/main/data/inpainting_examples/overture-creations-5sI6fQgYIuo.png"
mask_url = "https://raw.githubusercontent.com/CompVis/latent-diffusion/main/data/inpainting_examples/overture-creations-5sI6fQgYIuo_mask.png"

image = load_image(img_url).resize((1024, 1024))
mask_image = load_image(mask_url).resize((1024, 1024))

prompt = "a tiger sitting on a park bench"
generator = torch.Generator(device="cuda").manual_seed(0)

image = pipe(
  prompt=prompt,
  image=image,
  mask_image=mask_image,
  guidance_scale=8.0,
  num_inference_steps=20,  # steps between 15 and 30 work well for us
  strength=0.99,  # make sure to use \`strength\` below 1.0
  generator=generator,
).images[0]`
  ];
  var diffusers = (model) => {
    let codeSnippets;
    if (model.tags.includes("StableDiffusionInpaintPipeline") || model.tags.includes("StableDiffusionXLInpaintPipeline")) {
      codeSnippets = diffusers_inpainting(model);
    } else if (model.tags.includes("controlnet")) {
      codeSnippets = diffusers_controlnet(model);
    } else if (model.tags.includes("lora")) {
      if (model.pipeline_tag === "image-to-image") {
        codeSnippets = diffusers_lora_image_to_image(model);
      } else if (model.pipeline_tag === "image-to-video") {
        codeSnippets = diffusers_lora_image_to_video(model);
      } else if (model.pipeline_tag === "text-to-video") {
        codeSnippets = diffusers_lora_text_to_video(model);
      } else {
        codeSnippets = diffusers_lora(model);
      }
    } else if (model.tags.includes("textual_inversion")) {
      codeSnippets = diffusers_textual_inversion(model);
    } else if (model.tags.includes("FluxFillPipeline")) {
      codeSnippets = diffusers_flux_fill(model);
    } else if (model.pipeline_tag === "image-to-video") {
      codeSnippets = diffusers_image_to_video(model);
    } else if (model.pipeline_tag === "image-to-image") {
      codeSnippets = diffusers_image_to_image(model);
    } else {
      codeSnippets = diffusers_default(model);
    }
    return [diffusers_install, ...codeSnippets];
  };
  var diffusionkit = (model) => {
    const sd3Snippet = `# Pipeline for Stable Diffusion 3
from diffusionkit.mlx import DiffusionPipeline

pipeline = DiffusionPipeline(
	shift=3.0,
	use_t5=False,
	model_version=${model.id},
	low_memory_mode=True,
	a16=True,
	w16=True,
)`;
    const fluxSnippet = `# Pipeline for Flux
from diffusionkit.mlx import FluxPipeline

pipeline = FluxPipeline(
  shift=1.0,
  model_version=${model.id},
  low_memory_mode=True,
  a16=True,
  w16=True,
)`;
    const generateSnippet = `# Image Generation
HEIGHT = 512
WIDTH = 512
NUM_STEPS = ${model.tags.includes("flux") ? 4 : 50}
CFG_WEIGHT = ${model.tags.includes("flux") ? 0 : 5}

image, _ = pipeline.generate_image(
  "a photo of a cat",
  cfg_weight=CFG_WEIGHT,
  num_steps=NUM_STEPS,
  latent_size=(HEIGHT // 8, WIDTH // 8),
)`;
    const pipelineSnippet = model.tags.includes("flux") ? fluxSnippet : sd3Snippet;
    return [pipelineSnippet, generateSnippet];
  };
  var cartesia_pytorch = (model) => [
    `# pip install --no-binary :all: cartesia-pytorch
from cartesia_pytorch import ReneLMHeadModel
from transformers import AutoTokenizer

model = ReneLMHeadModel.from_pretrained("${model.id}")
tokenizer = AutoTokenizer.from_pretrained("allenai/OLMo-1B-hf")

in_message = ["Rene Descartes was"]
inputs = tokenizer(in_message, return_tensors="pt")

outputs = model.generate(inputs.input_ids, max_length=50, top_k=100, top_p=0.99)
out_message = tokenizer.batch_decode(outputs, skip_special_tokens=True)[0]

print(out_message)
)`
  ];
  var cartesia_mlx = (model) => [
    `import mlx.core as mx
import cartesia_mlx as cmx

model = cmx.from_pretrained("${model.id}")
model.set_dtype(mx.float32)

prompt = "Rene Descartes was"

for text in model.generate(
    prompt,
    max_tokens=500,
    eval_every_n=5,
    verbose=True,
    top_p=0.99,
    temperature=0.85,
):
    print(text, end="", flush=True)
`
  ];
  var edsnlp = (model) => {
    const packageName = nameWithoutNamespace(model.id).replaceAll("-", "_");
    return [
      `# Load it from the Hub directly
import edsnlp
nlp = edsnlp.load("${model.id}")
`,
      `# Or install it as a package
!pip install git+https://huggingface.co/${model.id}

# and import it as a module
import ${packageName}

nlp = ${packageName}.load()  # or edsnlp.load("${packageName}")
`
    ];
  };
  var espnetTTS = (model) => [
    `from espnet2.bin.tts_inference import Text2Speech

model = Text2Speech.from_pretrained("${model.id}")

speech, *_ = model("text to generate speech from")`
  ];
  var espnetASR = (model) => [
    `from espnet2.bin.asr_inference import Speech2Text

model = Speech2Text.from_pretrained(
  "${model.id}"
)

speech, rate = soundfile.read("speech.wav")
text, *_ = model(speech)[0]`
  ];
  var espnetUnknown = () => [`unknown model type (must be text-to-speech or automatic-speech-recognition)`];
  var espnet = (model) => {
    if (model.tags.includes("text-to-speech")) {
      return espnetTTS(model);
    } else if (model.tags.includes("automatic-speech-recognition")) {
      return espnetASR(model);
    }
    return espnetUnknown();
  };
  var fairseq = (model) => [
    `from fairseq.checkpoint_utils import load_model_ensemble_and_task_from_hf_hub

models, cfg, task = load_model_ensemble_and_task_from_hf_hub(
    "${model.id}"
)`
  ];
  var flair = (model) => [
    `from flair.models import SequenceTagger

tagger = SequenceTagger.load("${model.id}")`
  ];
  var flexray = (model) => [
    `pip install flexray`,
    `from fxr.inference import FleXraySegmenter

segmenter = FleXraySegmenter.from_pretrained("${model.id}")
prediction = segmenter.predict("image.png", threshold=0.5)
masks = prediction.masks`
  ];
  var flextab = () => {
    const installSnippet = `pip install git+https://github.com/SAP-samples/flextab`;
    const classificationSnippet = `# Run a classification task
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from flextab import FlexTabClassifier

# Load sample data
X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=42)

# Initialize a classifier, 8k context and 8-fold bagging gives best performance, reduce if running out of memory
clf = FlexTabClassifier(max_context_size=8192, bagging=8)

clf.fit(X_train, y_train)

# Predict probabilities
prediction_probabilities = clf.predict_proba(X_test)
# Predict labels
predictions = clf.predict(X_test)
print("Accuracy", accuracy_score(y_test, predictions))`;
    const regressionsSnippet = `# Run a regression task
from sklearn.datasets import fetch_openml
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

from flextab import FlexTabRegressor

# Load sample data
df = fetch_openml(data_id=531, as_frame=True)
X = df.data
y = df.target.astype(float)

# Train-test split
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=42)

# Initialize the regressor, 8k context and 8-fold bagging gives best performance, reduce if running out of memory
regressor = FlexTabRegressor(max_context_size=8192, bagging=8)

regressor.fit(X_train, y_train)

# Predict on the test set
predictions = regressor.predict(X_test)

r2 = r2_score(y_test, predictions)
print("R² Score:", r2)`;
    const matchingSnippet = `# Run a matching task
from sklearn.metrics import accuracy_score, roc_auc_score

from flextab import FlexTabMatcher
from flextab.utils.test_utils import load_febrl4

left_train, left_test, right_train, right_test, y_train, y_test = load_febrl4()

matcher = FlexTabMatcher(max_context_size=8192, bagging=1)
matcher.fit(left_train, right_train, y_train)
predictions = matcher.predict(left_test, right_test)
print(f'Accuracy {accuracy_score(y_test, predictions):.2%}')
# Probabilities (e.g. for thresholding or AUROC):
# probas = matcher.predict_proba_matching(left_test, right_test)
# print(f'AUROC {roc_auc_score(y_test, probas[:, 1]):.2%}')`;
    return [installSnippet, classificationSnippet, regressionsSnippet, matchingSnippet];
  };
  var gaussianformer = (model) => [
    `# Install from https://github.com/SVLwoof/gaussianformer

from gaussianformer.pipelines.rendering_pipeline import GaussianFormerRenderingPipeline

pipeline = GaussianFormerRenderingPipeline.from_pretrained("${model.id}")`
  ];
  var gliner = (model) => [
    `from gliner import GLiNER

model = GLiNER.from_pretrained("${model.id}")`
  ];
  var gliner2 = (model) => [
    `from gliner2 import GLiNER2

model = GLiNER2.from_pretrained("${model.id}")

# Extract entities
text = "Apple CEO Tim Cook announced iPhone 15 in Cupertino yesterday."
result = extractor.extract_entities(text, ["company", "person", "product", "location"])

print(result)`
  ];
  var indextts = (model) => [
    `# Download model
from huggingface_hub import snapshot_download

snapshot_download(${model.id}, local_dir="checkpoints")

from indextts.infer import IndexTTS

# Ensure config.yaml is present in the checkpoints directory
tts = IndexTTS(model_dir="checkpoints", cfg_path="checkpoints/config.yaml")

voice = "path/to/your/reference_voice.wav"  # Path to the voice reference audio file
text = "Hello, how are you?"
output_path = "output_index.wav"

tts.infer(voice, text, output_path)`
  ];
  var htrflow = (model) => [
    `# CLI usage
# see docs: https://ai-riksarkivet.github.io/htrflow/latest/getting_started/quick_start.html
htrflow pipeline <path/to/pipeline.yaml> <path/to/image>`,
    `# Python usage
from htrflow.pipeline.pipeline import Pipeline
from htrflow.pipeline.steps import Task
from htrflow.models.framework.model import ModelClass

pipeline = Pipeline(
    [
        Task(
            ModelClass, {"model": "${model.id}"}, {}
        ),
    ])`
  ];
  var jev_style = (model) => {
    let setup = `pip install "jev-style[torch]"`;
    if (model.tags.includes("mlx")) {
      setup = `# Apple silicon
pip install "jev-style[mlx]"`;
    } else if (model.tags.includes("gguf")) {
      setup = `pip install jev-style
# GGUF builds score through llama.cpp: build the jev-score binary once
hf download ${model.id} build_jev_score.sh jev_score.cpp --local-dir jev-score
export JEV_SCORE_BIN=$(sh jev-score/build_jev_score.sh /path/to/llama.cpp | tail -n 1)`;
    }
    return [
      setup,
      `from jev_style import JevStyle, noul, choice

js = JevStyle.from_pretrained("${model.id}")
out = js.decide("I was charged twice for one order.", {
    "billing": noul("This message is about billing."),
    "team": choice("Which team should handle it?", ["billing", "shipping", "tech"]),
})
print(out["answers"]["team"]["choice"])`
    ];
  };
  var keras = (model) => [
    `# Available backend options are: "jax", "torch", "tensorflow".
import os
os.environ["KERAS_BACKEND"] = "jax"

import keras

model = keras.saving.load_model("hf://${model.id}")
`
  ];
  var zeromodels = (model) => [
    `# pip install -U zeromodels
# ZeroModels is pure Keras 3, so pick a backend: "jax", "torch" or "tensorflow".
import os
os.environ["KERAS_BACKEND"] = "jax"

from zeromodels import AutoZModel

# AutoZModel reads the repo's model_type and loads the matching class.
# For a task head use the matching loader, e.g. AutoZMImageClassify / AutoZMDetect /
# AutoZMSemanticSegment / AutoZMTextGenerate (see zeromodels.auto).
model = AutoZModel.from_weights("${model.id}")
`
  ];
  var _keras_hub_causal_lm = (modelId) => `
import keras_hub

# Load CausalLM model (optional: use half precision for inference)
causal_lm = keras_hub.models.CausalLM.from_preset("hf://${modelId}", dtype="bfloat16")
causal_lm.compile(sampler="greedy")  # (optional) specify a sampler

# Generate text
causal_lm.generate("Keras: deep learning for", max_length=64)
`;
  var _keras_hub_text_to_image = (modelId) => `
import keras_hub

# Load TextToImage model (optional: use half precision for inference)
text_to_image = keras_hub.models.TextToImage.from_preset("hf://${modelId}", dtype="bfloat16")

# Generate images with a TextToImage model.
text_to_image.generate("Astronaut in a jungle")
`;
  var _keras_hub_text_classifier = (modelId) => `
import keras_hub

# Load TextClassifier model
text_classifier = keras_hub.models.TextClassifier.from_preset(
    "hf://${modelId}",
    num_classes=2,
)
# Fine-tune
text_classifier.fit(x=["Thilling adventure!", "Total snoozefest."], y=[1, 0])
# Classify text
text_classifier.predict(["Not my cup of tea."])
`;
  var _keras_hub_image_classifier = (modelId) => `
import keras_hub
import keras

# Load ImageClassifier model
image_classifier = keras_hub.models.ImageClassifier.from_preset(
    "hf://${modelId}",
    num_classes=2,
)
# Fine-tune
image_classifier.fit(
    x=keras.random.randint((32, 64, 64, 3), 0, 256),
    y=keras.random.randint((32, 1), 0, 2),
)
# Classify image
image_classifier.predict(keras.random.randint((1, 64, 64, 3), 0, 256))
`;
  var _keras_hub_tasks_with_example = {
    CausalLM: _keras_hub_causal_lm,
    TextToImage: _keras_hub_text_to_image,
    TextClassifier: _keras_hub_text_classifier,
    ImageClassifier: _keras_hub_image_classifier
  };
  var _keras_hub_task_without_example = (task, modelId) => `
import keras_hub

# Create a ${task} model
task = keras_hub.models.${task}.from_preset("hf://${modelId}")
`;
  var _keras_hub_generic_backbone = (modelId) => `
import keras_hub

# Create a Backbone model unspecialized for any task
backbone = keras_hub.models.Backbone.from_preset("hf://${modelId}")
`;
  var keras_hub = (model) => {
    const modelId = model.id;
    const tasks = (model.config?.keras_hub?.tasks ?? []).filter(isValidIdentifier);
    const snippets = [];
    for (const [task, snippet] of Object.entries(_keras_hub_tasks_with_example)) {
      if (tasks.includes(task)) {
        snippets.push(snippet(modelId));
      }
    }
    for (const task of tasks) {
      if (!Object.keys(_keras_hub_tasks_with_example).includes(task)) {
        snippets.push(_keras_hub_task_without_example(task, modelId));
      }
    }
    snippets.push(_keras_hub_generic_backbone(modelId));
    return snippets;
  };
  var kernels = (model) => [
    `# !pip install kernels

from kernels import get_kernel

kernel = get_kernel("${model.id}")`
  ];
  var kimi_audio = (model) => [
    `# Example usage for KimiAudio
# pip install git+https://github.com/MoonshotAI/Kimi-Audio.git

from kimia_infer.api.kimia import KimiAudio

model = KimiAudio(model_path="${model.id}", load_detokenizer=True)

sampling_params = {
    "audio_temperature": 0.8,
    "audio_top_k": 10,
    "text_temperature": 0.0,
    "text_top_k": 5,
}

# For ASR
asr_audio = "asr_example.wav"
messages_asr = [
    {"role": "user", "message_type": "text", "content": "Please transcribe the following audio:"},
    {"role": "user", "message_type": "audio", "content": asr_audio}
]
_, text = model.generate(messages_asr, **sampling_params, output_type="text")
print(text)

# For Q&A
qa_audio = "qa_example.wav"
messages_conv = [{"role": "user", "message_type": "audio", "content": qa_audio}]
wav, text = model.generate(messages_conv, **sampling_params, output_type="both")
sf.write("output_audio.wav", wav.cpu().view(-1).numpy(), 24000)
print(text)
`
  ];
  var kittentts = (model) => [
    `from kittentts import KittenTTS
m = KittenTTS("${model.id}")

audio = m.generate("This high quality TTS model works without a GPU")

# Save the audio
import soundfile as sf
sf.write('output.wav', audio, 24000)`
  ];
  function _isLtx25Model(model) {
    const refs = [model.id, ...model.tags ?? []];
    const base = model.cardData?.base_model;
    if (Array.isArray(base)) {
      refs.push(...base);
    } else if (base) {
      refs.push(base);
    }
    return refs.some((ref) => /ltx[-_]?2\.5/i.test(ref));
  }
  var _LTX_I2V_HINT = `# For image-to-video, add: --image path/to/image.jpg 0 0.8`;
  var _LTX_GEMMA3_ROOT = "models/gemma-3-12b";
  var _LTX_DEFAULT_PROMPT = "A beautiful sunset over the ocean";
  function _ltxInstall(is25) {
    return `# Install the LTX-2 pipelines
git clone https://github.com/Lightricks/LTX-2.git
cd LTX-2
uv sync ${is25 ? "--extra natten" : "--frozen"}`;
  }
  function _ltxRun(module, args, comment, options) {
    const body = `uv run python -m ltx_pipelines.${module} \\
    ${args.join(" \\\n    ")}`;
    const parts = [`# ${comment}`, body];
    if (options?.footer) {
      parts.push(options.footer);
    }
    if (options?.hint) {
      parts.push(_LTX_I2V_HINT);
    }
    return parts.join("\n");
  }
  var _LTX_DETAILING_LORA_REPO = "Lightricks/LTX-2.5-22b-IC-LoRA-Pixel-Spatial-Upscaler";
  var _LTX_DETAILING_LORA_FILE = "ltx-2.5-22b-ic-lora-pixel-spatial-upscaler-x2-1.0.safetensors";
  function _ltx25SplitArgs(paths) {
    const args = [
      `--transformer-path ${paths.transformer}`,
      `--text-encoder-path ${paths.textEncoder}`,
      `--video-vae-path ${paths.videoVae}`,
      `--audio-vae-path ${paths.audioVae}`,
      `--spatial-upsampler-path ${paths.spatialUpsampler}`
    ];
    if (paths.temporalUpsampler) {
      args.push(`--temporal-upsampler-path ${paths.temporalUpsampler}`);
    }
    return args;
  }
  function _ltx25RepoPaths(localDir) {
    const shared = {
      transformer: `${localDir}/diffusion_models/<distilled-transformer>.safetensors`,
      textEncoder: `${localDir}/text_encoders/gemma4-12b-with-proj-ltx-2.5-bf16.safetensors`,
      videoVae: `${localDir}/vae/<video-vae>.safetensors`,
      audioVae: `${localDir}/vae/<audio-vae>.safetensors`,
      spatialUpsampler: `${localDir}/latent_upscale_models/<spatial-upsampler>.safetensors`
    };
    return {
      distilled: shared,
      // DFR runs on the distilled transformer; detailing IC-LoRA is required separately.
      dfr: {
        ...shared,
        temporalUpsampler: `${localDir}/latent_upscale_models/<temporal-upsampler>.safetensors`
      }
    };
  }
  function _ltx25BasePlaceholderPaths() {
    return {
      transformer: "path/to/distilled-transformer.safetensors",
      textEncoder: "path/to/gemma4-12b-with-proj-ltx-2.5-bf16.safetensors",
      videoVae: "path/to/video-vae.safetensors",
      audioVae: "path/to/audio-vae.safetensors",
      spatialUpsampler: "path/to/spatial-upsampler.safetensors"
    };
  }
  function _ltx25Download(modelId, localDir, kind) {
    if (kind === "adapter") {
      return `# Download the adapter weights from this repo
# (base components come from Lightricks/LTX-2.5 — see Files and versions)
hf download ${modelId} --local-dir ${localDir}`;
    }
    const detailingDir = `models/${_LTX_DETAILING_LORA_REPO.split("/")[1]}`;
    return `# Download weights from this repo
# Substitute filenames from this repo's "Files and versions" if they differ
hf download ${modelId} \\
    diffusion_models/<distilled-transformer>.safetensors \\
    text_encoders/gemma4-12b-with-proj-ltx-2.5-bf16.safetensors \\
    vae/<video-vae>.safetensors \\
    vae/<audio-vae>.safetensors \\
    latent_upscale_models/<spatial-upsampler>.safetensors \\
    latent_upscale_models/<temporal-upsampler>.safetensors \\
    --local-dir ${localDir}
# DFR requires the detailing IC-LoRA (separate repo; strength is fixed at 0.5)
hf download ${_LTX_DETAILING_LORA_REPO} --local-dir ${detailingDir}`;
  }
  function _ltx23Download(modelId, localDir) {
    return `# Download the weights from this repo, plus the Gemma text encoder
hf download ${modelId} --local-dir ${localDir}
hf download google/gemma-3-12b-it-qat-q4_0-unquantized --local-dir ${_LTX_GEMMA3_ROOT}`;
  }
  function _ltx25Snippets(model, localDir, tags) {
    const install = _ltxInstall(true);
    const loraArg = `--lora ${localDir}/<weights>.safetensors 1.0`;
    const basePaths = _ltx25BasePlaceholderPaths();
    if (tags.includes("ic-lora")) {
      return [
        install,
        _ltx25Download(model.id, localDir, "adapter"),
        _ltxRun("ic_lora", [
          ..._ltx25SplitArgs(basePaths),
          loraArg,
          "--video-conditioning reference.mp4 1.0",
          `--prompt "your prompt here"`,
          "--output-path output.mp4"
        ], "Video-to-video with the IC-LoRA (runs on the distilled LTX-2.5 base)")
      ];
    }
    if (tags.includes("lora")) {
      return [
        install,
        _ltx25Download(model.id, localDir, "adapter"),
        _ltxRun("distilled", [..._ltx25SplitArgs(basePaths), loraArg, `--prompt "your prompt here"`, "--output-path output.mp4"], "Text/image-to-video with the LoRA on the distilled LTX-2.5 pipeline", { hint: true })
      ];
    }
    const { distilled, dfr } = _ltx25RepoPaths(localDir);
    const detailingDir = `models/${_LTX_DETAILING_LORA_REPO.split("/")[1]}`;
    return [
      install,
      _ltx25Download(model.id, localDir, "base"),
      _ltxRun("distilled", [
        ..._ltx25SplitArgs(distilled),
        "--num-frames 121",
        `--prompt "${_LTX_DEFAULT_PROMPT}"`,
        "--output-path output.mp4"
      ], "Distilled LTX-2.5 pipeline (fast)", { hint: true }),
      _ltxRun("dfr_pipeline", [
        ..._ltx25SplitArgs(dfr),
        `--detailing-lora ${detailingDir}/${_LTX_DETAILING_LORA_FILE}`,
        "--spatial-upscalings 1",
        "--temporal-upscalings 1",
        "--height 1088",
        "--width 1920",
        "--num-frames 121",
        `--prompt "${_LTX_DEFAULT_PROMPT}"`,
        "--output-path output.mp4"
      ], "DFR pipeline (higher detail fidelity; optional temporal 2x/4x)", {
        footer: "# For 4K: --spatial-upscalings 2 --width 3840 --height 2176",
        hint: true
      })
    ];
  }
  function _ltx23Snippets(model, localDir, tags) {
    const install = _ltxInstall(false);
    const download = _ltx23Download(model.id, localDir);
    const loraArg = `--lora ${localDir}/<weights>.safetensors 1.0`;
    const gemma = `--gemma-root ${_LTX_GEMMA3_ROOT}`;
    if (tags.includes("ic-lora")) {
      return [
        install,
        download,
        _ltxRun("ic_lora", [
          "--distilled-checkpoint-path path/to/distilled_checkpoint.safetensors",
          "--spatial-upsampler-path path/to/spatial_upsampler.safetensors",
          gemma,
          loraArg,
          "--video-conditioning reference.mp4 1.0",
          `--prompt "your prompt here"`,
          "--output-path output.mp4"
        ], "Video-to-video with the IC-LoRA (runs on the distilled base model)")
      ];
    }
    if (tags.includes("lora")) {
      return [
        install,
        download,
        _ltxRun("ti2vid_two_stages_hq", [
          "--checkpoint-path path/to/checkpoint.safetensors",
          "--distilled-lora path/to/distilled_lora.safetensors 0.8",
          "--spatial-upsampler-path path/to/spatial_upsampler.safetensors",
          gemma,
          loraArg,
          `--prompt "your prompt here"`,
          "--output-path output.mp4"
        ], "Text/image-to-video with the LoRA on the HQ two-stage base pipeline", { hint: true })
      ];
    }
    return [
      install,
      download,
      _ltxRun("distilled", [
        `--distilled-checkpoint-path ${localDir}/<distilled-checkpoint>.safetensors`,
        `--spatial-upsampler-path ${localDir}/<spatial-upsampler>.safetensors`,
        gemma,
        `--prompt "${_LTX_DEFAULT_PROMPT}"`,
        "--output-path output.mp4"
      ], "Fast pipeline (distilled model, no distilled LoRA needed)", { hint: true }),
      _ltxRun("ti2vid_two_stages_hq", [
        `--checkpoint-path ${localDir}/<checkpoint>.safetensors`,
        `--distilled-lora ${localDir}/<distilled-lora>.safetensors 0.8`,
        `--spatial-upsampler-path ${localDir}/<spatial-upsampler>.safetensors`,
        gemma,
        `--prompt "${_LTX_DEFAULT_PROMPT}"`,
        "--output-path output.mp4"
      ], "HQ pipeline (two-stage, higher quality)", { hint: true })
    ];
  }
  var ltx = (model) => {
    const localDir = `models/${nameWithoutNamespace(model.id)}`;
    const tags = model.tags ?? [];
    return _isLtx25Model(model) ? _ltx25Snippets(model, localDir, tags) : _ltx23Snippets(model, localDir, tags);
  };
  var lightning_ir = (model) => {
    if (model.tags.includes("bi-encoder")) {
      return [
        `#install from https://github.com/webis-de/lightning-ir

from lightning_ir import BiEncoderModule
model = BiEncoderModule("${model.id}")

model.score("query", ["doc1", "doc2", "doc3"])`
      ];
    } else if (model.tags.includes("cross-encoder")) {
      return [
        `#install from https://github.com/webis-de/lightning-ir

from lightning_ir import CrossEncoderModule
model = CrossEncoderModule("${model.id}")

model.score("query", ["doc1", "doc2", "doc3"])`
      ];
    }
    return [
      `#install from https://github.com/webis-de/lightning-ir

from lightning_ir import BiEncoderModule, CrossEncoderModule

# depending on the model type, use either BiEncoderModule or CrossEncoderModule
model = BiEncoderModule("${model.id}")
# model = CrossEncoderModule("${model.id}")

model.score("query", ["doc1", "doc2", "doc3"])`
    ];
  };
  var llama_cpp_python = (model) => {
    const snippets = [
      `# !pip install llama-cpp-python

from llama_cpp import Llama

llm = Llama.from_pretrained(
	repo_id="${model.id}",
	filename="{{GGUF_FILE}}",
)
`
    ];
    if (model.tags.includes("conversational")) {
      const messages = getModelInputSnippet(model);
      snippets.push(`llm.create_chat_completion(
	messages = ${stringifyMessages(messages, { attributeKeyQuotes: true, indent: "	" })}
)`);
    } else {
      snippets.push(`output = llm(
	"Once upon a time,",
	max_tokens=512,
	echo=True
)
print(output)`);
    }
    return snippets;
  };
  var lerobot = (model) => {
    if (model.tags.includes("smolvla")) {
      const smolvlaSnippets = [
        // Installation snippet
        `# See https://github.com/huggingface/lerobot?tab=readme-ov-file#installation for more details
git clone https://github.com/huggingface/lerobot.git
cd lerobot
pip install -e .[smolvla]`,
        // Finetune snippet
        `# Launch finetuning on your dataset
python lerobot/scripts/train.py \\
--policy.path=${model.id} \\
--dataset.repo_id=lerobot/svla_so101_pickplace \\
--batch_size=64 \\
--steps=20000 \\
--output_dir=outputs/train/my_smolvla \\
--job_name=my_smolvla_training \\
--policy.device=cuda \\
--wandb.enable=true`
      ];
      if (model.id !== "lerobot/smolvla_base") {
        smolvlaSnippets.push(`# Run the policy using the record function
python -m lerobot.record \\
  --robot.type=so101_follower \\
  --robot.port=/dev/ttyACM0 \\ # <- Use your port
  --robot.id=my_blue_follower_arm \\ # <- Use your robot id
  --robot.cameras="{ front: {type: opencv, index_or_path: 8, width: 640, height: 480, fps: 30}}" \\ # <- Use your cameras
  --dataset.single_task="Grasp a lego block and put it in the bin." \\ # <- Use the same task description you used in your dataset recording
  --dataset.repo_id=HF_USER/dataset_name \\  # <- This will be the dataset name on HF Hub
  --dataset.episode_time_s=50 \\
  --dataset.num_episodes=10 \\
  --policy.path=${model.id}`);
      }
      return smolvlaSnippets;
    }
    return [];
  };
  var litert_lm = (model) => [
    `# LiteRT-LM runs on various platforms (Android, iOS, Windows, Linux, macOS, IoT, Web/WASM)
# and supports many APIs (C++, Python, Kotlin, Swift, JavaScript, Flutter).
# For platform-specific integration guides, please refer to the official developer website:
# https://ai.google.dev/edge/litert-lm

# To try LiteRT-LM, the easiest way is to use our CLI tool.
# 1. Install the LiteRT-LM CLI tool:
pip install -U litert-lm

# 2. Download and run this model locally:
# See: https://ai.google.dev/edge/litert-lm/cli
litert-lm run \\
  --from-huggingface-repo=${model.id} \\
  --prompt="Write me a poem"`
  ];
  var tf_keras = (model) => [
    `# Note: 'keras<3.x' or 'tf_keras' must be installed (legacy)
# See https://github.com/keras-team/tf-keras for more details.
from huggingface_hub import from_pretrained_keras

model = from_pretrained_keras("${model.id}")
`
  ];
  var mamba_ssm = (model) => [
    `from mamba_ssm import MambaLMHeadModel

model = MambaLMHeadModel.from_pretrained("${model.id}")`
  ];
  var mars5_tts = (model) => [
    `# Install from https://github.com/Camb-ai/MARS5-TTS

from inference import Mars5TTS
mars5 = Mars5TTS.from_pretrained("${model.id}")`
  ];
  var matanyone = (model) => [
    `# Install from https://github.com/pq-yang/MatAnyone.git

from matanyone.model.matanyone import MatAnyone
model = MatAnyone.from_pretrained("${model.id}")`,
    `
from matanyone import InferenceCore
processor = InferenceCore("${model.id}")`
  ];
  var memra = (model) => [
    `# memra serves NVIDIA Blackwell workstation and consumer cards (sm_120a), with a
# compile-gated Hopper lane. Prebuilt binaries need Linux x86_64 and driver 580+,
# and no CUDA toolkit.
curl -fsSL https://raw.githubusercontent.com/avifenesh/memra/main/tools/install.sh | sh`,
    `# One chat-templated generation. In a repo with several GGUF files, append
# :<substring> to choose one, for example hf:${model.id}:Q4_K_M
MEMRA_CHAT=1 run-gen hf:${model.id} --prompt "Explain KV caches in one sentence."`,
    `# Or an OpenAI-compatible server on 127.0.0.1:8080.
MEMRA_MODELS="model=hf:${model.id}" memra-server`
  ];
  var mesh_anything = () => [
    `# Install from https://github.com/buaacyw/MeshAnything.git

from MeshAnything.models.meshanything import MeshAnything

# refer to https://github.com/buaacyw/MeshAnything/blob/main/main.py#L91 on how to define args
# and https://github.com/buaacyw/MeshAnything/blob/main/app.py regarding usage
model = MeshAnything(args)`
  ];
  var multimolecule = (model) => {
    const widgetExample = model.widgetData?.[0];
    const exampleText = escapeStringForJson(widgetExample?.text ?? "");
    const maskToken = model.mask_token ?? "<mask>";
    const sequence = exampleText?.replace(maskToken, "A");
    const snippets = [`pip install multimolecule`];
    if (sequence) {
      snippets.push(`from multimolecule import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("${model.id}")
model = AutoModel.from_pretrained("${model.id}")

inputs = tokenizer("${sequence}", return_tensors="pt")
outputs = model(**inputs)
embeddings = outputs.last_hidden_state`);
    } else {
      snippets.push(`from multimolecule import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("${model.id}")
model = AutoModel.from_pretrained("${model.id}")`);
    }
    if (model.tags.includes("rna-secondary-structure") && exampleText) {
      snippets.push(`import multimolecule
from transformers import pipeline

predictor = pipeline("rna-secondary-structure", model="${model.id}")
output = predictor("${exampleText}")
print(output["secondary_structure"])`);
    } else if (model.pipeline_tag === "fill-mask" && exampleText) {
      snippets.push(`import multimolecule
from transformers import pipeline

predictor = pipeline("fill-mask", model="${model.id}")
output = predictor("${exampleText}")`);
    }
    return snippets;
  };
  var open_clip = (model) => [
    `import open_clip

model, preprocess_train, preprocess_val = open_clip.create_model_and_transforms('hf-hub:${model.id}')
tokenizer = open_clip.get_tokenizer('hf-hub:${model.id}')`
  ];
  var openasr = (model) => {
    const modelId = model.id.split("/").pop() ?? model.id;
    return [
      `# Install the openasr CLI: https://github.com/QuintinShaw/openasr/releases
openasr pull ${modelId}
openasr transcribe audio.wav --model ${modelId}`
    ];
  };
  var opendde = () => [
    `# pip install 'opendde[gpu]'
# Checkpoints are fetched from the Hub into $OPENDDE_ROOT_DIR (default ~/.cache/opendde)
opendde doctor
opendde pred -i examples/input.json -o ./output -n opendde_v1`
  ];
  var paddlenlp = (model) => {
    const architecture = model.config?.architectures?.[0];
    if (architecture && isValidIdentifier(architecture)) {
      return [
        [
          `from paddlenlp.transformers import AutoTokenizer, ${architecture}`,
          "",
          `tokenizer = AutoTokenizer.from_pretrained("${model.id}", from_hf_hub=True)`,
          `model = ${architecture}.from_pretrained("${model.id}", from_hf_hub=True)`
        ].join("\n")
      ];
    } else {
      return [
        [
          `# ⚠️ Type of model unknown`,
          `from paddlenlp.transformers import AutoTokenizer, AutoModel`,
          "",
          `tokenizer = AutoTokenizer.from_pretrained("${model.id}", from_hf_hub=True)`,
          `model = AutoModel.from_pretrained("${model.id}", from_hf_hub=True)`
        ].join("\n")
      ];
    }
  };
  var paddleocr = (model) => {
    const mapping = {
      textline_detection: { className: "TextDetection" },
      textline_recognition: { className: "TextRecognition" },
      seal_text_detection: { className: "SealTextDetection" },
      doc_img_unwarping: { className: "TextImageUnwarping" },
      doc_img_orientation_classification: { className: "DocImgOrientationClassification" },
      textline_orientation_classification: { className: "TextLineOrientationClassification" },
      chart_parsing: { className: "ChartParsing" },
      formula_recognition: { className: "FormulaRecognition" },
      layout_detection: { className: "LayoutDetection" },
      table_cells_detection: { className: "TableCellsDetection" },
      wired_table_classification: { className: "TableClassification" },
      table_structure_recognition: { className: "TableStructureRecognition" }
    };
    if (model.tags.includes("doc_vlm")) {
      return [
        `# 1. See https://www.paddlepaddle.org.cn/en/install to install paddlepaddle
# 2. pip install paddleocr

from paddleocr import DocVLM
model = DocVLM(model_name="${nameWithoutNamespace(model.id)}")
output = model.predict(
    input={"image": "path/to/image.png", "query": "Parsing this image and output the content in Markdown format."},
    batch_size=1
)
for res in output:
    res.print()
    res.save_to_json(save_path="./output/res.json")`
      ];
    }
    if (model.tags.includes("document-parse")) {
      const rawVersion = model.id.replace("PaddlePaddle/PaddleOCR-VL-", "v");
      const version = rawVersion === "PaddlePaddle/PaddleOCR-VL" ? "v1" : rawVersion;
      return [
        `# See https://www.paddleocr.ai/latest/version3.x/pipeline_usage/PaddleOCR-VL.html to installation

from paddleocr import PaddleOCRVL
pipeline = PaddleOCRVL(pipeline_version="${version}")
output = pipeline.predict("path/to/document_image.png")
for res in output:
	res.print()
	res.save_to_json(save_path="output")
	res.save_to_markdown(save_path="output")`
      ];
    }
    for (const tag of model.tags) {
      if (tag in mapping) {
        const { className } = mapping[tag];
        return [
          `# 1. See https://www.paddlepaddle.org.cn/en/install to install paddlepaddle
# 2. pip install paddleocr

from paddleocr import ${className}
model = ${className}(model_name="${nameWithoutNamespace(model.id)}")
output = model.predict(input="path/to/image.png", batch_size=1)
for res in output:
    res.print()
    res.save_to_img(save_path="./output/")
    res.save_to_json(save_path="./output/res.json")`
        ];
      }
    }
    return [
      `# Please refer to the document for information on how to use the model.
# https://paddlepaddle.github.io/PaddleOCR/latest/en/version3.x/module_usage/module_overview.html`
    ];
  };
  var perception_encoder = (model) => {
    const clip_model = `# Use PE-Core models as CLIP models
import core.vision_encoder.pe as pe

model = pe.CLIP.from_config("${model.id}", pretrained=True)`;
    const vision_encoder = `# Use any PE model as a vision encoder
import core.vision_encoder.pe as pe

model = pe.VisionTransformer.from_config("${model.id}", pretrained=True)`;
    if (model.id.includes("Core")) {
      return [clip_model, vision_encoder];
    } else {
      return [vision_encoder];
    }
  };
  var phantom_wan = (model) => [
    `from huggingface_hub import snapshot_download
from phantom_wan import WANI2V, configs

checkpoint_dir = snapshot_download("${model.id}")
wan_i2v = WanI2V(
            config=configs.WAN_CONFIGS['i2v-14B'],
            checkpoint_dir=checkpoint_dir,
        )
 video = wan_i2v.generate(text_prompt, image_prompt)`
  ];
  var pocket_tts = (model) => [
    `from pocket_tts import TTSModel
import scipy.io.wavfile

tts_model = TTSModel.load_model("${model.id}")
voice_state = tts_model.get_state_for_audio_prompt(
    "hf://kyutai/tts-voices/alba-mackenna/casual.wav"
)
audio = tts_model.generate_audio(voice_state, "Hello world, this is a test.")
# Audio is a 1D torch tensor containing PCM data.
scipy.io.wavfile.write("output.wav", tts_model.sample_rate, audio.numpy())`
  ];
  var pyannote_audio_pipeline = (model) => [
    `from pyannote.audio import Pipeline

pipeline = Pipeline.from_pretrained("${model.id}")

# inference on the whole file
pipeline("file.wav")

# inference on an excerpt
from pyannote.core import Segment
excerpt = Segment(start=2.0, end=5.0)

from pyannote.audio import Audio
waveform, sample_rate = Audio().crop("file.wav", excerpt)
pipeline({"waveform": waveform, "sample_rate": sample_rate})`
  ];
  var pyannote_audio_model = (model) => [
    `from pyannote.audio import Model, Inference

model = Model.from_pretrained("${model.id}")
inference = Inference(model)

# inference on the whole file
inference("file.wav")

# inference on an excerpt
from pyannote.core import Segment
excerpt = Segment(start=2.0, end=5.0)
inference.crop("file.wav", excerpt)`
  ];
  var pyannote_audio = (model) => {
    if (model.tags.includes("pyannote-audio-pipeline")) {
      return pyannote_audio_pipeline(model);
    }
    return pyannote_audio_model(model);
  };
  var relik = (model) => [
    `from relik import Relik

relik = Relik.from_pretrained("${model.id}")`
  ];
  var renderformer = (model) => [
    `# Install from https://github.com/microsoft/renderformer

from renderformer import RenderFormerRenderingPipeline
pipeline = RenderFormerRenderingPipeline.from_pretrained("${model.id}")`
  ];
  var routee_powertrain = (model) => [
    `# pip install routee.powertrain
import pandas as pd
import routee.powertrain as pt
from routee.powertrain.registry import HFRegistry

registry = HFRegistry(repo_id="${model.id}")

# find a vehicle: filter by make, model, year, powertrain type, features, ...
pt.query_available_models(make="tesla", model="model 3", registry=registry)

# load one by its id: "<make>/<vehicle_slug>/<year>/<config_slug>"
model = pt.load_model("tesla/model_3_bev/2022/rf_c3326385", registry=registry)

links = pd.DataFrame({
    "distance": [0.1, 0.2],  # miles
    "speed_mph": [30, 55],
    "grade_percent": [-2.0, 1.0],
})
model.predict(links)`
  ];
  var tensorflowttsTextToMel = (model) => [
    `from tensorflow_tts.inference import AutoProcessor, TFAutoModel

processor = AutoProcessor.from_pretrained("${model.id}")
model = TFAutoModel.from_pretrained("${model.id}")
`
  ];
  var tensorflowttsMelToWav = (model) => [
    `from tensorflow_tts.inference import TFAutoModel

model = TFAutoModel.from_pretrained("${model.id}")
audios = model.inference(mels)
`
  ];
  var tensorflowttsUnknown = (model) => [
    `from tensorflow_tts.inference import TFAutoModel

model = TFAutoModel.from_pretrained("${model.id}")
`
  ];
  var tensorflowtts = (model) => {
    if (model.tags.includes("text-to-mel")) {
      return tensorflowttsTextToMel(model);
    } else if (model.tags.includes("mel-to-wav")) {
      return tensorflowttsMelToWav(model);
    }
    return tensorflowttsUnknown(model);
  };
  var timm = (model) => [
    `import timm

model = timm.create_model("hf_hub:${model.id}", pretrained=True)`
  ];
  var saelens = () => [
    `# pip install sae-lens
from sae_lens import SAE

sae, cfg_dict, sparsity = SAE.from_pretrained(
    release = "RELEASE_ID", # e.g., "gpt2-small-res-jb". See other options in https://github.com/jbloomAus/SAELens/blob/main/sae_lens/pretrained_saes.yaml
    sae_id = "SAE_ID", # e.g., "blocks.8.hook_resid_pre". Won't always be a hook point
)`
  ];
  var seed_story = () => [
    `# seed_story_cfg_path refers to 'https://github.com/TencentARC/SEED-Story/blob/master/configs/clm_models/agent_7b_sft.yaml'
# llm_cfg_path refers to 'https://github.com/TencentARC/SEED-Story/blob/master/configs/clm_models/llama2chat7b_lora.yaml'
from omegaconf import OmegaConf
import hydra

# load Llama2
llm_cfg = OmegaConf.load(llm_cfg_path)
llm = hydra.utils.instantiate(llm_cfg, torch_dtype="fp16")

# initialize seed_story
seed_story_cfg = OmegaConf.load(seed_story_cfg_path)
seed_story = hydra.utils.instantiate(seed_story_cfg, llm=llm) `
  ];
  var skopsPickle = (model, modelFile) => {
    return [
      `import joblib
from skops.hub_utils import download
download("${model.id}", "path_to_folder")
model = joblib.load(
	"${escapeStringForJson(modelFile)}"
)
# only load pickle files from sources you trust
# read more about it here https://skops.readthedocs.io/en/stable/persistence.html`
    ];
  };
  var skopsFormat = (model, modelFile) => {
    return [
      `from skops.hub_utils import download
from skops.io import load
download("${model.id}", "path_to_folder")
# make sure model file is in skops format
# if model is a pickle file, make sure it's from a source you trust
model = load("path_to_folder/${escapeStringForJson(modelFile)}")`
    ];
  };
  var skopsJobLib = (model) => {
    return [
      `from huggingface_hub import hf_hub_download
import joblib
model = joblib.load(
	hf_hub_download("${model.id}", "sklearn_model.joblib")
)
# only load pickle files from sources you trust
# read more about it here https://skops.readthedocs.io/en/stable/persistence.html`
    ];
  };
  var sklearn = (model) => {
    if (model.tags.includes("skops")) {
      const skopsmodelFile = model.config?.sklearn?.model?.file;
      const skopssaveFormat = model.config?.sklearn?.model_format;
      if (!skopsmodelFile) {
        return [`# ⚠️ Model filename not specified in config.json`];
      }
      if (skopssaveFormat === "pickle") {
        return skopsPickle(model, skopsmodelFile);
      } else {
        return skopsFormat(model, skopsmodelFile);
      }
    } else {
      return skopsJobLib(model);
    }
  };
  var stable_audio_tools = (model) => [
    `import torch
import torchaudio
from einops import rearrange
from stable_audio_tools import get_pretrained_model
from stable_audio_tools.inference.generation import generate_diffusion_cond

device = "cuda" if torch.cuda.is_available() else "cpu"

# Download model
model, model_config = get_pretrained_model("${model.id}")
sample_rate = model_config["sample_rate"]
sample_size = model_config["sample_size"]

model = model.to(device)

# Set up text and timing conditioning
conditioning = [{
	"prompt": "128 BPM tech house drum loop",
}]

# Generate stereo audio
output = generate_diffusion_cond(
	model,
	conditioning=conditioning,
	sample_size=sample_size,
	device=device
)

# Rearrange audio batch to a single sequence
output = rearrange(output, "b d n -> d (b n)")

# Peak normalize, clip, convert to int16, and save to file
output = output.to(torch.float32).div(torch.max(torch.abs(output))).clamp(-1, 1).mul(32767).to(torch.int16).cpu()
torchaudio.save("output.wav", output, sample_rate)`
  ];
  var fastai = (model) => [
    `from huggingface_hub import from_pretrained_fastai

learn = from_pretrained_fastai("${model.id}")`
  ];
  var sam2 = (model) => {
    const image_predictor = `# Use SAM2 with images
import torch
from sam2.sam2_image_predictor import SAM2ImagePredictor

predictor = SAM2ImagePredictor.from_pretrained(${model.id})

with torch.inference_mode(), torch.autocast("cuda", dtype=torch.bfloat16):
    predictor.set_image(<your_image>)
    masks, _, _ = predictor.predict(<input_prompts>)`;
    const video_predictor = `# Use SAM2 with videos
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

predictor = SAM2VideoPredictor.from_pretrained(${model.id})

with torch.inference_mode(), torch.autocast("cuda", dtype=torch.bfloat16):
    state = predictor.init_state(<your_video>)

    # add new prompts and instantly get the output on the same frame
    frame_idx, object_ids, masks = predictor.add_new_points(state, <your_prompts>):

    # propagate the prompts to get masklets throughout the video
    for frame_idx, object_ids, masks in predictor.propagate_in_video(state):
        ...`;
    return [image_predictor, video_predictor];
  };
  var sam_3d_objects = (model) => [
    `from inference import Inference, load_image, load_single_mask
from huggingface_hub import hf_hub_download

path = hf_hub_download("${model.id}", "pipeline.yaml")
inference = Inference(path, compile=False)

image = load_image("path_to_image.png")
mask = load_single_mask("path_to_mask.png", index=14)

output = inference(image, mask)`
  ];
  var sam_3d_body = (model) => [
    `from notebook.utils import setup_sam_3d_body

estimator = setup_sam_3d_body(${model.id})
outputs = estimator.process_one_image(image)
rend_img = visualize_sample_together(image, outputs, estimator.faces)`
  ];
  var sampleFactory = (model) => [
    `python -m sample_factory.huggingface.load_from_hub -r ${model.id} -d ./train_dir`
  ];
  function get_widget_examples_from_st_model(model) {
    const widgetExample = model.widgetData?.[0];
    if (widgetExample?.source_sentence && widgetExample?.sentences?.length) {
      return [widgetExample.source_sentence, ...widgetExample.sentences];
    }
  }
  var aneforge = (model) => {
    const header = "# Run this model on the Apple Neural Engine, without CoreML.";
    if (model.pipeline_tag === "text-generation") {
      return [
        `${header}
import aneforge as af
from transformers import AutoTokenizer

tok = AutoTokenizer.from_pretrained("${model.id}")
model = af.load_llm("${model.id}")            # prefill + resident-KV-cache decode on the ANE
ids = tok.encode("The Neural Engine is")
print(tok.decode(model.generate(ids, max_new_tokens=20)))`
      ];
    }
    if (model.pipeline_tag === "zero-shot-image-classification" || model.tags.includes("clip")) {
      return [
        `${header}
import aneforge as af

clip = af.load_clip("${model.id}")
labels = clip.classify(image, ["a photo of a cat", "a photo of a dog"])  # image: a PIL.Image; zero-shot (label, prob)`
      ];
    }
    if (model.tags.includes("resnet")) {
      return [
        `${header}
import aneforge as af

net = af.load_resnet("${model.id}")             # BatchNorm folded into the preceding conv at load
logits = net(pixels)                          # pixels: a preprocessed [1, 3, 224, 224] float32 batch -> [1, 1000]`
      ];
    }
    if (model.pipeline_tag === "image-classification") {
      return [
        `${header}
import aneforge as af

vit = af.load_vit("${model.id}")
labels = vit.classify(image)                  # image: a PIL.Image; returns top-k (label, logit)`
      ];
    }
    if (model.pipeline_tag === "automatic-speech-recognition") {
      return [
        `${header}
import aneforge as af

asr = af.load_whisper("${model.id}")
text = asr.transcribe(audio)                  # audio: a 16 kHz mono float32 waveform`
      ];
    }
    return [
      `# Run this model's encoder on the Apple Neural Engine, without CoreML.
from aneforge.sentence_transformers import SentenceTransformer

model = SentenceTransformer("${model.id}")
embeddings = model.encode(["Hello from the Neural Engine"], normalize_embeddings=True)`
    ];
  };
  var sentenceTransformers = (model) => {
    const remote_code_snippet = model.tags.includes(TAG_CUSTOM_CODE) ? ", trust_remote_code=True" : "";
    if (model.tags.includes("PyLate")) {
      return [
        `from pylate import models

queries = [
    "Which planet is known as the Red Planet?",
    "What is the largest planet in our solar system?",
]

documents = [
    ["Mars is the Red Planet.", "Venus is Earth's twin."],
    ["Jupiter is the largest planet.", "Saturn has rings."],
]

model = models.ColBERT(model_name_or_path="${model.id}")

queries_emb = model.encode(queries, is_query=True)
docs_emb = model.encode(documents, is_query=False)`
      ];
    }
    if (model.tags.includes("cross-encoder") || model.pipeline_tag == "text-ranking") {
      return [
        `from sentence_transformers import CrossEncoder

model = CrossEncoder("${model.id}"${remote_code_snippet})

query = "Which planet is known as the Red Planet?"
passages = [
	"Venus is often called Earth's twin because of its similar size and proximity.",
	"Mars, known for its reddish appearance, is often referred to as the Red Planet.",
	"Jupiter, the largest planet in our solar system, has a prominent red spot.",
	"Saturn, famous for its rings, is sometimes mistaken for the Red Planet."
]

scores = model.predict([(query, passage) for passage in passages])
print(scores)`
      ];
    }
    const exampleSentences = get_widget_examples_from_st_model(model) ?? [
      "The weather is lovely today.",
      "It's so sunny outside!",
      "He drove to the stadium."
    ];
    return [
      `from sentence_transformers import SentenceTransformer

model = SentenceTransformer("${model.id}"${remote_code_snippet})

sentences = ${JSON.stringify(exampleSentences, null, 4)}
embeddings = model.encode(sentences)

similarities = model.similarity(embeddings, embeddings)
print(similarities.shape)
# [${exampleSentences.length}, ${exampleSentences.length}]`
    ];
  };
  var setfit = (model) => [
    `from setfit import SetFitModel

model = SetFitModel.from_pretrained("${model.id}")`
  ];
  var spacy = (model) => [
    `!pip install https://huggingface.co/${model.id}/resolve/main/${nameWithoutNamespace(model.id)}-any-py3-none-any.whl

# Using spacy.load().
import spacy
nlp = spacy.load("${nameWithoutNamespace(model.id)}")

# Importing as module.
import ${nameWithoutNamespace(model.id)}
nlp = ${nameWithoutNamespace(model.id)}.load()`
  ];
  var span_marker = (model) => [
    `from span_marker import SpanMarkerModel

model = SpanMarkerModel.from_pretrained("${model.id}")`
  ];
  var stanza = (model) => [
    `import stanza

stanza.download("${nameWithoutNamespace(model.id).replace("stanza-", "")}")
nlp = stanza.Pipeline("${nameWithoutNamespace(model.id).replace("stanza-", "")}")`
  ];
  var speechBrainMethod = (speechbrainInterface) => {
    switch (speechbrainInterface) {
      case "EncoderClassifier":
        return "classify_file";
      case "EncoderDecoderASR":
      case "EncoderASR":
        return "transcribe_file";
      case "SpectralMaskEnhancement":
        return "enhance_file";
      case "SepformerSeparation":
        return "separate_file";
      default:
        return void 0;
    }
  };
  var speechbrain = (model) => {
    const speechbrainInterface = model.config?.speechbrain?.speechbrain_interface;
    if (speechbrainInterface === void 0) {
      return [`# interface not specified in config.json`];
    }
    const speechbrainMethod = speechBrainMethod(speechbrainInterface);
    if (speechbrainMethod === void 0) {
      return [`# interface in config.json invalid`];
    }
    return [
      `from speechbrain.pretrained import ${speechbrainInterface}
model = ${speechbrainInterface}.from_hparams(
  "${model.id}"
)
model.${speechbrainMethod}("file.wav")`
    ];
  };
  var terratorch = (model) => [
    `from terratorch.registry import BACKBONE_REGISTRY

model = BACKBONE_REGISTRY.build("${model.id}")`
  ];
  var hasChatTemplate = (model) => model.config?.tokenizer_config?.chat_template !== void 0 || model.config?.processor_config?.chat_template !== void 0 || model.config?.chat_template_jinja !== void 0;
  var autoModelClass = (model) => {
    const autoModel = model.transformersInfo?.auto_model;
    return autoModel && isValidIdentifier(autoModel) ? autoModel : void 0;
  };
  var transformers = (model) => {
    const info = model.transformersInfo;
    if (!info) {
      return [`# ⚠️ Type of model unknown`];
    }
    const auto_model = autoModelClass(model) ?? "AutoModel";
    const remote_code_snippet = model.tags.includes(TAG_CUSTOM_CODE) ? ", trust_remote_code=True" : "";
    const autoSnippet = [];
    if (info.processor) {
      const processorVarName = info.processor === "AutoTokenizer" ? "tokenizer" : info.processor === "AutoFeatureExtractor" ? "extractor" : "processor";
      autoSnippet.push("# Load model directly", `from transformers import ${info.processor}, ${auto_model}`, "", `${processorVarName} = ${info.processor}.from_pretrained("${model.id}"` + remote_code_snippet + ")", `model = ${auto_model}.from_pretrained("${model.id}"` + remote_code_snippet + ', device_map="auto")');
      if (model.tags.includes("conversational") && hasChatTemplate(model)) {
        if (model.tags.includes("image-text-to-text")) {
          autoSnippet.push("messages = [", [
            "    {",
            '        "role": "user",',
            '        "content": [',
            '            {"type": "image", "url": "https://huggingface.co/datasets/huggingface/documentation-images/resolve/main/p-blog/candy.JPG"},',
            '            {"type": "text", "text": "What animal is on the candy?"}',
            "        ]",
            "    },"
          ].join("\n"), "]");
        } else {
          autoSnippet.push("messages = [", '    {"role": "user", "content": "Who are you?"},', "]");
        }
        autoSnippet.push(`inputs = ${processorVarName}.apply_chat_template(`, "	messages,", "	add_generation_prompt=True,", "	tokenize=True,", "	return_dict=True,", '	return_tensors="pt",', ").to(model.device)", "", "outputs = model.generate(**inputs, max_new_tokens=40)", `print(${processorVarName}.decode(outputs[0][inputs["input_ids"].shape[-1]:]))`);
      }
    } else {
      autoSnippet.push("# Load model directly", `from transformers import ${auto_model}`, `model = ${auto_model}.from_pretrained("${model.id}"` + remote_code_snippet + ', device_map="auto")');
    }
    if (model.pipeline_tag && LIBRARY_TASK_MAPPING.transformers?.includes(model.pipeline_tag)) {
      const pipelineSnippet = ["# Use a pipeline as a high-level helper"];
      if (REMOVED_IN_V5_TRANSFORMERS_PIPELINES.includes(model.pipeline_tag)) {
        pipelineSnippet.push(`# Warning: Pipeline type "${model.pipeline_tag}" is no longer supported in transformers v5.`, `# You must load the model directly (see below) or downgrade to v4.x with:`, `# 'pip install "transformers<5.0.0'`);
      }
      pipelineSnippet.push("from transformers import pipeline", "", `pipe = pipeline("${model.pipeline_tag}", model="${model.id}"` + remote_code_snippet + ")");
      if (model.tags.includes("conversational")) {
        if (model.tags.includes("image-text-to-text")) {
          pipelineSnippet.push("messages = [", [
            "    {",
            '        "role": "user",',
            '        "content": [',
            '            {"type": "image", "url": "https://huggingface.co/datasets/huggingface/documentation-images/resolve/main/p-blog/candy.JPG"},',
            '            {"type": "text", "text": "What animal is on the candy?"}',
            "        ]",
            "    },"
          ].join("\n"), "]");
          pipelineSnippet.push("pipe(text=messages)");
        } else {
          pipelineSnippet.push("messages = [", '    {"role": "user", "content": "Who are you?"},', "]");
          pipelineSnippet.push("pipe(messages)");
        }
      } else if (model.pipeline_tag === "zero-shot-image-classification") {
        pipelineSnippet.push("pipe(", '    "https://huggingface.co/datasets/huggingface/documentation-images/resolve/main/hub/parrots.png",', '    candidate_labels=["animals", "humans", "landscape"],', ")");
      } else if (model.pipeline_tag === "image-classification") {
        pipelineSnippet.push('pipe("https://huggingface.co/datasets/huggingface/documentation-images/resolve/main/hub/parrots.png")');
      }
      return [pipelineSnippet.join("\n"), autoSnippet.join("\n")];
    }
    return [autoSnippet.join("\n")];
  };
  var transformersJS = (model) => {
    if (!model.pipeline_tag) {
      return [`// ⚠️ Unknown pipeline tag`];
    }
    const libName = "@huggingface/transformers";
    return [
      `// npm i ${libName}
import { pipeline } from '${libName}';

// Allocate pipeline
const pipe = await pipeline('${model.pipeline_tag}', '${model.id}');`
    ];
  };
  var peftTask = (peftTaskType) => {
    switch (peftTaskType) {
      case "CAUSAL_LM":
        return "CausalLM";
      case "SEQ_2_SEQ_LM":
        return "Seq2SeqLM";
      case "TOKEN_CLS":
        return "TokenClassification";
      case "SEQ_CLS":
        return "SequenceClassification";
      default:
        return void 0;
    }
  };
  var peft = (model) => {
    const { base_model_name_or_path: peftBaseModel, task_type: peftTaskType } = model.config?.peft ?? {};
    const pefttask = peftTask(peftTaskType);
    if (!pefttask) {
      return [`Task type is invalid.`];
    }
    if (!peftBaseModel) {
      return [`Base model is not found.`];
    }
    return [
      `from peft import PeftModel
from transformers import AutoModelFor${pefttask}

base_model = AutoModelFor${pefttask}.from_pretrained("${escapeStringForJson(peftBaseModel)}")
model = PeftModel.from_pretrained(base_model, "${model.id}")`
    ];
  };
  var fasttext = (model) => [
    `from huggingface_hub import hf_hub_download
import fasttext

model = fasttext.load_model(hf_hub_download("${model.id}", "model.bin"))`
  ];
  var stableBaselines3 = (model) => [
    `from huggingface_sb3 import load_from_hub
checkpoint = load_from_hub(
	repo_id="${model.id}",
	filename="{MODEL FILENAME}.zip",
)`
  ];
  var nemoDomainResolver = (domain, model) => {
    switch (domain) {
      case "ASR":
        return [
          `import nemo.collections.asr as nemo_asr
asr_model = nemo_asr.models.ASRModel.from_pretrained("${model.id}")

transcriptions = asr_model.transcribe(["file.wav"])`
        ];
      default:
        return void 0;
    }
  };
  var mlAgents = (model) => [
    `mlagents-load-from-hf --repo-id="${model.id}" --local-dir="./download: string[]s"`
  ];
  var sentis = () => [
    `string modelName = "[Your model name here].sentis";
Model model = ModelLoader.Load(Application.streamingAssetsPath + "/" + modelName);
IWorker engine = WorkerFactory.CreateWorker(BackendType.GPUCompute, model);
// Please see provided C# file for more details
`
  ];
  var sana = (model) => [
    `
# Load the model and infer image from text
import torch
from app.sana_pipeline import SanaPipeline
from torchvision.utils import save_image

sana = SanaPipeline("configs/sana_config/1024ms/Sana_1600M_img1024.yaml")
sana.from_pretrained("hf://${model.id}")

image = sana(
    prompt='a cyberpunk cat with a neon sign that says "Sana"',
    height=1024,
    width=1024,
    guidance_scale=5.0,
    pag_guidance_scale=2.0,
    num_inference_steps=18,
) `
  ];
  var vibevoice = (model) => [
    `import torch, soundfile as sf, librosa, numpy as np
from vibevoice.processor.vibevoice_processor import VibeVoiceProcessor
from vibevoice.modular.modeling_vibevoice_inference import VibeVoiceForConditionalGenerationInference

# Load voice sample (should be 24kHz mono)
voice, sr = sf.read("path/to/voice_sample.wav")
if voice.ndim > 1: voice = voice.mean(axis=1)
if sr != 24000: voice = librosa.resample(voice, sr, 24000)

processor = VibeVoiceProcessor.from_pretrained("${model.id}")
model = VibeVoiceForConditionalGenerationInference.from_pretrained(
    "${model.id}", torch_dtype=torch.bfloat16
).to("cuda").eval()
model.set_ddpm_inference_steps(5)

inputs = processor(text=["Speaker 0: Hello!\\nSpeaker 1: Hi there!"],
                   voice_samples=[[voice]], return_tensors="pt")
audio = model.generate(**inputs, cfg_scale=1.3,
                       tokenizer=processor.tokenizer).speech_outputs[0]
sf.write("output.wav", audio.cpu().numpy().squeeze(), 24000)`
  ];
  var videoprism = (model) => [
    `# Install from https://github.com/google-deepmind/videoprism
import jax
from videoprism import models as vp

flax_model = vp.get_model("${model.id}")
loaded_state = vp.load_pretrained_weights("${model.id}")

@jax.jit
def forward_fn(inputs, train=False):
  return flax_model.apply(loaded_state, inputs, train=train)`
  ];
  var vfimamba = (model) => [
    `from Trainer_finetune import Model

model = Model.from_pretrained("${model.id}")`
  ];
  var lvface = (model) => [
    `from huggingface_hub import hf_hub_download
	 from inference_onnx import LVFaceONNXInferencer

model_path = hf_hub_download("${model.id}", "LVFace-L_Glint360K/LVFace-L_Glint360K.onnx")
inferencer = LVFaceONNXInferencer(model_path, use_gpu=True, timeout=300)
img_path = 'path/to/image1.jpg'
embedding = inferencer.infer_from_image(img_path)`
  ];
  var voicecraft = (model) => [
    `from voicecraft import VoiceCraft

model = VoiceCraft.from_pretrained("${model.id}")`
  ];
  var voxcpm = (model) => [
    `import soundfile as sf
from voxcpm import VoxCPM

model = VoxCPM.from_pretrained("${model.id}")

wav = model.generate(
    text="VoxCPM is an innovative end-to-end TTS model from ModelBest, designed to generate highly expressive speech.",
    prompt_wav_path=None,      # optional: path to a prompt speech for voice cloning
    prompt_text=None,          # optional: reference text
    cfg_value=2.0,             # LM guidance on LocDiT, higher for better adherence to the prompt, but maybe worse
    inference_timesteps=10,   # LocDiT inference timesteps, higher for better result, lower for fast speed
    normalize=True,           # enable external TN tool
    denoise=True,             # enable external Denoise tool
    retry_badcase=True,        # enable retrying mode for some bad cases (unstoppable)
    retry_badcase_max_times=3,  # maximum retrying times
    retry_badcase_ratio_threshold=6.0, # maximum length restriction for bad case detection (simple but effective), it could be adjusted for slow pace speech
)

sf.write("output.wav", wav, 16000)
print("saved: output.wav")`
  ];
  var vui = () => [
    `# !pip install git+https://github.com/fluxions-ai/vui

import torchaudio

from vui.inference import render
from vui.model import Vui,

model = Vui.from_pretrained().cuda()
waveform = render(
    model,
    "Hey, here is some random stuff, usually something quite long as the shorter the text the less likely the model can cope!",
)
print(waveform.shape)
torchaudio.save("out.opus", waveform[0], 22050)
`
  ];
  var chattts = () => [
    `import ChatTTS
import torchaudio

chat = ChatTTS.Chat()
chat.load_models(compile=False) # Set to True for better performance

texts = ["PUT YOUR TEXT HERE",]

wavs = chat.infer(texts, )

torchaudio.save("output1.wav", torch.from_numpy(wavs[0]), 24000)`
  ];
  var ultralytics = (model) => {
    const versionTag = model.tags.find((tag) => tag.match(/^yolov\d+$/));
    const className = versionTag ? `YOLOv${versionTag.slice(4)}` : "YOLOvXX";
    const prefix = versionTag ? "" : `# Couldn't find a valid YOLO version tag.
# Replace XX with the correct version.
`;
    return [
      prefix + `from ultralytics import ${className}

model = ${className}.from_pretrained("${model.id}")
source = 'http://images.cocodataset.org/val2017/000000039769.jpg'
model.predict(source=source, save=True)`
    ];
  };
  var birefnet = (model) => [
    `# Option 1: use with transformers

from transformers import AutoModelForImageSegmentation
birefnet = AutoModelForImageSegmentation.from_pretrained("${model.id}", trust_remote_code=True)
`,
    `# Option 2: use with BiRefNet

# Install from https://github.com/ZhengPeng7/BiRefNet

from models.birefnet import BiRefNet
model = BiRefNet.from_pretrained("${model.id}")`
  ];
  var nobg = (model) => {
    const installSnippet = `pip install nobg`;
    const predictCall = model.tags.includes("promptable") ? `cutout = model.predict(processor, "image.jpg", "prompt")` : `cutout = model.predict(processor, "image.jpg")`;
    const predictSnippet = `# Option 1: use via the predict method

from nobg import AutoModel, AutoProcessor

model = AutoModel.from_pretrained("${model.id}").eval()
processor = AutoProcessor.from_pretrained("${model.id}")

${predictCall}`;
    const manualSnippet = `# Option 2: use the model and processor directly

import torch
from loadimg import load_img
from nobg import AutoModel, AutoProcessor

model = AutoModel.from_pretrained("${model.id}").eval()
processor = AutoProcessor.from_pretrained("${model.id}")

image = load_img("image.jpg").convert("RGB")
inputs = processor(image, return_tensors="pt")

with torch.no_grad():
    outputs = model(pixel_values=inputs["pixel_values"])

alpha = processor.post_process_alpha_matting(outputs, target_sizes=[(image.height, image.width)])[0]
processor.cutout(image, alpha).save("output.png")`;
    return [installSnippet, predictSnippet, manualSnippet];
  };
  var supertonic = () => [
    `from supertonic import TTS

tts = TTS(auto_download=True)

style = tts.get_voice_style(voice_name="M1")

text = "The train delay was announced at 4:45 PM on Wed, Apr 3, 2024 due to track maintenance."
wav, duration = tts.synthesize(text, voice_style=style)

tts.save_audio(wav, "output.wav")`
  ];
  var swarmformer = (model) => [
    `from swarmformer import SwarmFormerModel

model = SwarmFormerModel.from_pretrained("${model.id}")
`
  ];
  var univa = (model) => [
    `# Follow installation instructions at https://github.com/PKU-YuanGroup/UniWorld-V1

from univa.models.qwen2p5vl.modeling_univa_qwen2p5vl import UnivaQwen2p5VLForConditionalGeneration
	model = UnivaQwen2p5VLForConditionalGeneration.from_pretrained(
        "${model.id}",
        torch_dtype=torch.bfloat16,
        attn_implementation="flash_attention_2",
    ).to("cuda")
	processor = AutoProcessor.from_pretrained("${model.id}")
`
  ];
  var mlx_unknown = (model) => [
    `# Download the model from the Hub
pip install huggingface_hub[hf_xet]

huggingface-cli download --local-dir ${nameWithoutNamespace(model.id)} ${model.id}`
  ];
  var mlxlm = (model) => [
    `# Make sure mlx-lm is installed
# pip install --upgrade mlx-lm
# if on a CUDA device, also pip install mlx[cuda]

# Generate text with mlx-lm
from mlx_lm import load, generate

model, tokenizer = load("${model.id}")

prompt = "Once upon a time in"
text = generate(model, tokenizer, prompt=prompt, verbose=True)`
  ];
  var mlxchat = (model) => [
    `# Make sure mlx-lm is installed
# pip install --upgrade mlx-lm

# Generate text with mlx-lm
from mlx_lm import load, generate

model, tokenizer = load("${model.id}")

prompt = "Write a story about Einstein"
messages = [{"role": "user", "content": prompt}]
prompt = tokenizer.apply_chat_template(
    messages, add_generation_prompt=True
)

text = generate(model, tokenizer, prompt=prompt, verbose=True)`
  ];
  var mlxvlm = (model) => [
    `# Make sure mlx-vlm is installed
# pip install --upgrade mlx-vlm

from mlx_vlm import load, generate
from mlx_vlm.prompt_utils import apply_chat_template
from mlx_vlm.utils import load_config

# Load the model
model, processor = load("${model.id}")
config = load_config("${model.id}")

# Prepare input
image = ["http://images.cocodataset.org/val2017/000000039769.jpg"]
prompt = "Describe this image."

# Apply chat template
formatted_prompt = apply_chat_template(
    processor, config, prompt, num_images=1
)

# Generate output
output = generate(model, processor, formatted_prompt, image)
print(output)`
  ];
  var mlxim = (model) => [
    `from mlxim.model import create_model

model = create_model(${model.id})`
  ];
  var mlx = (model) => {
    if (model.pipeline_tag === "image-text-to-text") {
      return mlxvlm(model);
    }
    if (model.pipeline_tag === "text-generation") {
      if (model.tags.includes("conversational")) {
        return mlxchat(model);
      } else {
        return mlxlm(model);
      }
    }
    return mlx_unknown(model);
  };
  var model2vec = (model) => [
    `from model2vec import StaticModel

model = StaticModel.from_pretrained("${model.id}")`
  ];
  var mobilint = (model) => {
    const modelName = nameWithoutNamespace(model.id);
    return [
      `# pip install mblt-model-zoo
from mblt_model_zoo.vision import MBLT_Engine

model = MBLT_Engine(
    model_cls="${modelName}",
    model_type="DEFAULT",
    model_path="",
    core_mode="global8",
)

try:
    image = model.preprocess("path/to/image.jpg")
    output = model(image)
    result = model.postprocess(output)
finally:
    model.dispose()
`
    ];
  };
  var pruna = (model) => {
    let snippets;
    if (model.tags.includes("diffusers")) {
      snippets = pruna_diffusers(model);
    } else if (model.tags.includes("transformers")) {
      snippets = pruna_transformers(model);
    } else {
      snippets = pruna_default(model);
    }
    const ensurePrunaModelImport = (snippet) => {
      if (!/^from pruna import PrunaModel/m.test(snippet)) {
        return `from pruna import PrunaModel
${snippet}`;
      }
      return snippet;
    };
    snippets = snippets.map(ensurePrunaModelImport);
    if (model.tags.includes("pruna_pro-ai")) {
      return snippets.map((snippet) => snippet.replace(/\bpruna\b/g, "pruna_pro").replace(/\bPrunaModel\b/g, "PrunaProModel"));
    }
    return snippets;
  };
  var pruna_diffusers = (model) => {
    const diffusersSnippets = diffusers(model);
    return diffusersSnippets.map((snippet) => snippet.replace(/\b\w*Pipeline\w*\b/g, "PrunaModel").replace(/from diffusers import ([^,\n]*PrunaModel[^,\n]*)/g, "").replace(/from diffusers import ([^,\n]+),?\s*([^,\n]*PrunaModel[^,\n]*)/g, "from diffusers import $1").replace(/from diffusers import\s*(\n|$)/g, "").replace(/from diffusers import PrunaModel/g, "from pruna import PrunaModel").replace(/from diffusers import ([^,\n]+), PrunaModel/g, "from diffusers import $1").replace(/from diffusers import PrunaModel, ([^,\n]+)/g, "from diffusers import $1").replace(/\n\n+/g, "\n").trim());
  };
  var pruna_transformers = (model) => {
    const auto_model = autoModelClass(model);
    const transformersSnippets = transformers(model);
    let processedSnippets = transformersSnippets.map((snippet) => snippet.replace(/from transformers import pipeline/g, "from pruna import PrunaModel").replace(/pipeline\([^)]*\)/g, `PrunaModel.from_pretrained("${model.id}")`));
    if (auto_model) {
      processedSnippets = processedSnippets.map((snippet) => snippet.replace(new RegExp(`from transformers import ${auto_model}
?`, "g"), "").replace(new RegExp(`${auto_model}.from_pretrained`, "g"), "PrunaModel.from_pretrained").replace(new RegExp(`^.*from.*import.*(, *${auto_model})+.*$`, "gm"), (line) => line.replace(new RegExp(`, *${auto_model}`, "g"), "")));
    }
    return processedSnippets;
  };
  var pruna_default = (model) => [
    `from pruna import PrunaModel
model = PrunaModel.from_pretrained("${model.id}")
`
  ];
  var nemo = (model) => {
    let command = void 0;
    if (model.tags.includes("automatic-speech-recognition")) {
      command = nemoDomainResolver("ASR", model);
    }
    return command ?? [`# tag did not correspond to a valid NeMo domain.`];
  };
  var outetts = (model) => {
    const t = model.tags ?? [];
    if (t.includes("gguf") || t.includes("onnx")) {
      return [];
    }
    return [
      `
  import outetts

  enum = outetts.Models("${model.id}".split("/", 1)[1])       # VERSION_1_0_SIZE_1B
  cfg  = outetts.ModelConfig.auto_config(enum, outetts.Backend.HF)
  tts  = outetts.Interface(cfg)

  speaker = tts.load_default_speaker("EN-FEMALE-1-NEUTRAL")
  tts.generate(
	  outetts.GenerationConfig(
		  text="Hello there, how are you doing?",
		  speaker=speaker,
	  )
  ).save("output.wav")
  `
    ];
  };
  var pxia = (model) => [
    `from pxia import AutoModel

model = AutoModel.from_pretrained("${model.id}")`
  ];
  var pythae = (model) => [
    `from pythae.models import AutoModel

model = AutoModel.load_from_hf_hub("${model.id}")`
  ];
  var qwen3_tts = (model) => [
    `# pip install qwen-tts
import torch
import soundfile as sf
from qwen_tts import Qwen3TTSModel

model = Qwen3TTSModel.from_pretrained(
    "${model.id}",
    device_map="cuda:0",
    dtype=torch.bfloat16,
    attn_implementation="flash_attention_2",
)

wavs, sr = model.generate_custom_voice(
    text="Your text here.",
    language="English",
    speaker="Ryan",
    instruct="Speak in a natural tone.",
)

sf.write("output.wav", wavs[0], sr)`
  ];
  var musicgen = (model) => [
    `from audiocraft.models import MusicGen

model = MusicGen.get_pretrained("${model.id}")

descriptions = ['happy rock', 'energetic EDM', 'sad jazz']
wav = model.generate(descriptions)  # generates 3 samples.`
  ];
  var magnet = (model) => [
    `from audiocraft.models import MAGNeT

model = MAGNeT.get_pretrained("${model.id}")

descriptions = ['disco beat', 'energetic EDM', 'funky groove']
wav = model.generate(descriptions)  # generates 3 samples.`
  ];
  var audiogen = (model) => [
    `from audiocraft.models import AudioGen

model = AudioGen.get_pretrained("${model.id}")
model.set_generation_params(duration=5)  # generate 5 seconds.
descriptions = ['dog barking', 'sirene of an emergency vehicle', 'footsteps in a corridor']
wav = model.generate(descriptions)  # generates 3 samples.`
  ];
  var anemoi = (model) => [
    `from anemoi.inference.runners.default import DefaultRunner
from anemoi.inference.config.run import RunConfiguration
# Create Configuration
config = RunConfiguration(checkpoint = {"huggingface":"${model.id}"})
# Load Runner
runner = DefaultRunner(config)`
  ];
  var audiocraft = (model) => {
    if (model.tags.includes("musicgen")) {
      return musicgen(model);
    } else if (model.tags.includes("audiogen")) {
      return audiogen(model);
    } else if (model.tags.includes("magnet")) {
      return magnet(model);
    } else {
      return [`# Type of model unknown.`];
    }
  };
  var whisperkit = () => [
    `# Install CLI with Homebrew on macOS device
brew install whisperkit-cli

# View all available inference options
whisperkit-cli transcribe --help

# Download and run inference using whisper base model
whisperkit-cli transcribe --audio-path /path/to/audio.mp3

# Or use your preferred model variant
whisperkit-cli transcribe --model "large-v3" --model-prefix "distil" --audio-path /path/to/audio.mp3 --verbose`
  ];
  var threedtopia_xl = (model) => [
    `from threedtopia_xl.models import threedtopia_xl

model = threedtopia_xl.from_pretrained("${model.id}")
model.generate(cond="path/to/image.png")`
  ];
  var zonos = (model) => [
    `# pip install git+https://github.com/Zyphra/Zonos.git
import torchaudio
from zonos.model import Zonos
from zonos.conditioning import make_cond_dict

model = Zonos.from_pretrained("${model.id}", device="cuda")

wav, sr = torchaudio.load("speaker.wav")           # 5-10s reference clip
speaker = model.make_speaker_embedding(wav, sr)

cond  = make_cond_dict(text="Hello, world!", speaker=speaker, language="en-us")
codes = model.generate(model.prepare_conditioning(cond))

audio = model.autoencoder.decode(codes)[0].cpu()
torchaudio.save("sample.wav", audio, model.autoencoder.sampling_rate)
`
  ];
  var moshi = (model) => {
    if (model.id.includes("-mlx")) {
      const quantFlag = model.id.includes("-q4") ? " -q 4" : model.id.includes("-q8") ? " -q 8" : "";
      return [
        `# pip install moshi_mlx
# Run local inference (macOS Apple Silicon)
python -m moshi_mlx.local${quantFlag} --hf-repo "${model.id}"

# Or run with web UI
python -m moshi_mlx.local_web${quantFlag} --hf-repo "${model.id}"`
      ];
    }
    if (model.id.includes("-candle")) {
      return [
        `# pip install rustymimi
# Candle backend - see https://github.com/kyutai-labs/moshi
# for Rust installation instructions`
      ];
    }
    return [
      `# pip install moshi
# Run the interactive web server
python -m moshi.server --hf-repo "${model.id}"
# Then open https://localhost:8998 in your browser`,
      `# pip install moshi
import torch
from moshi.models import loaders

# Load checkpoint info from HuggingFace
checkpoint = loaders.CheckpointInfo.from_hf_repo("${model.id}")

# Load the Mimi audio codec
mimi = checkpoint.get_mimi(device="cuda")
mimi.set_num_codebooks(8)

# Encode audio (24kHz, mono)
wav = torch.randn(1, 1, 24000 * 10)  # [batch, channels, samples]
with torch.no_grad():
    codes = mimi.encode(wav.cuda())
    decoded = mimi.decode(codes)`
    ];
  };

  // node_modules/@huggingface/tasks/dist/esm/model-libraries.js
  var MODEL_LIBRARIES_UI_ELEMENTS = {
    acestep: {
      prettyLabel: "ACE-Step",
      repoName: "ACE-Step",
      repoUrl: "https://github.com/ace-step/ACE-Step",
      filter: false,
      countDownloads: `path:"ace_step_transformer/config.json"`
    },
    "adapter-transformers": {
      prettyLabel: "Adapters",
      repoName: "adapters",
      repoUrl: "https://github.com/Adapter-Hub/adapters",
      docsUrl: "https://huggingface.co/docs/hub/adapters",
      snippets: adapters,
      filter: true,
      countDownloads: `path:"adapter_config.json"`
    },
    allennlp: {
      prettyLabel: "AllenNLP",
      repoName: "AllenNLP",
      repoUrl: "https://github.com/allenai/allennlp",
      docsUrl: "https://huggingface.co/docs/hub/allennlp",
      snippets: allennlp,
      filter: true
    },
    aneforge: {
      prettyLabel: "ANEForge",
      repoName: "ANEForge",
      repoUrl: "https://github.com/sbryngelson/ANEForge",
      docsUrl: "https://aneforge.readthedocs.io",
      snippets: aneforge,
      filter: false
    },
    anemoi: {
      prettyLabel: "AnemoI",
      repoName: "AnemoI",
      repoUrl: "https://github.com/ecmwf/anemoi-inference",
      docsUrl: "https://anemoi.readthedocs.io/en/latest/",
      filter: false,
      countDownloads: `path_extension:"ckpt"`,
      snippets: anemoi
    },
    araclip: {
      prettyLabel: "AraClip",
      repoName: "AraClip",
      repoUrl: "https://huggingface.co/Arabic-Clip/araclip",
      filter: false,
      snippets: araclip
    },
    "aviation-ner": {
      prettyLabel: "Aviation NER",
      repoName: "Aviation NER",
      repoUrl: "https://github.com/Boeing/aviation_ner_sdr",
      docsUrl: "https://github.com/Boeing/aviation_ner_sdr",
      countDownloads: `path:"gliner_config.json"`,
      filter: false
    },
    asteroid: {
      prettyLabel: "Asteroid",
      repoName: "Asteroid",
      repoUrl: "https://github.com/asteroid-team/asteroid",
      docsUrl: "https://huggingface.co/docs/hub/asteroid",
      snippets: asteroid,
      filter: true,
      countDownloads: `path:"pytorch_model.bin"`
    },
    audiocraft: {
      prettyLabel: "Audiocraft",
      repoName: "audiocraft",
      repoUrl: "https://github.com/facebookresearch/audiocraft",
      snippets: audiocraft,
      filter: false,
      countDownloads: `path:"state_dict.bin"`
    },
    audioseal: {
      prettyLabel: "AudioSeal",
      repoName: "audioseal",
      repoUrl: "https://github.com/facebookresearch/audioseal",
      filter: false,
      countDownloads: `path_extension:"pth"`,
      snippets: audioseal
    },
    "bagel-mot": {
      prettyLabel: "Bagel",
      repoName: "Bagel",
      repoUrl: "https://github.com/ByteDance-Seed/Bagel/",
      filter: false,
      countDownloads: `path:"llm_config.json"`
    },
    bboxmaskpose: {
      prettyLabel: "BBoxMaskPose",
      repoName: "BBoxMaskPose",
      repoUrl: "https://github.com/MiraPurkrabek/BBoxMaskPose",
      filter: false,
      countDownloads: `path_extension:"pth"`
    },
    ben2: {
      prettyLabel: "BEN2",
      repoName: "BEN2",
      repoUrl: "https://github.com/PramaLLC/BEN2",
      snippets: ben2,
      filter: false
    },
    bertopic: {
      prettyLabel: "BERTopic",
      repoName: "BERTopic",
      repoUrl: "https://github.com/MaartenGr/BERTopic",
      snippets: bertopic,
      filter: true
    },
    big_vision: {
      prettyLabel: "Big Vision",
      repoName: "big_vision",
      repoUrl: "https://github.com/google-research/big_vision",
      filter: false,
      countDownloads: `path_extension:"npz"`
    },
    bionemo: {
      prettyLabel: "BioNeMo",
      repoName: "BioNeMo",
      filter: false,
      repoUrl: "https://github.com/nvidia/BioNeMo",
      countDownloads: `path_extension:"ckpt" OR path:"config.json"`
    },
    birder: {
      prettyLabel: "Birder",
      repoName: "Birder",
      repoUrl: "https://gitlab.com/birder/birder",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    birefnet: {
      prettyLabel: "BiRefNet",
      repoName: "BiRefNet",
      repoUrl: "https://github.com/ZhengPeng7/BiRefNet",
      snippets: birefnet,
      filter: false
    },
    bm25s: {
      prettyLabel: "BM25S",
      repoName: "bm25s",
      repoUrl: "https://github.com/xhluca/bm25s",
      snippets: bm25s,
      filter: false,
      countDownloads: `path:"params.index.json"`
    },
    boltzgen: {
      prettyLabel: "BoltzGen",
      repoName: "BoltzGen",
      repoUrl: "https://github.com/HannesStark/boltzgen",
      filter: false,
      countDownloads: `path:"boltzgen1_diverse.ckpt"`
    },
    cancertathomev2: {
      prettyLabel: "Cancer@HomeV2",
      repoName: "Cancer@HomeV2",
      repoUrl: "https://huggingface.co/OpenPeerAI/CancerAtHomeV2",
      filter: false,
      countDownloads: `path:"run.py"`
    },
    cartesia_pytorch: {
      prettyLabel: "Cartesia Pytorch",
      repoName: "Cartesia Pytorch",
      repoUrl: "https://github.com/cartesia-ai/cartesia_pytorch",
      snippets: cartesia_pytorch
    },
    cartesia_mlx: {
      prettyLabel: "Cartesia MLX",
      repoName: "Cartesia MLX",
      repoUrl: "https://github.com/cartesia-ai/cartesia_mlx",
      snippets: cartesia_mlx
    },
    causilo: {
      prettyLabel: "Causilo",
      repoName: "Causilo",
      repoUrl: "https://github.com/nums-ai/causilo",
      filter: false,
      countDownloads: `path:"classifier/config.json" OR path:"regressor/config.json"`
    },
    ccpfn: {
      prettyLabel: "CCPFN",
      repoName: "CCPFN",
      repoUrl: "https://huggingface.co/Layer6/CCPFN",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    champ: {
      prettyLabel: "Champ",
      repoName: "Champ",
      repoUrl: "https://github.com/fudan-generative-vision/champ",
      countDownloads: `path:"champ/motion_module.pth"`
    },
    chatterbox: {
      prettyLabel: "Chatterbox",
      repoName: "Chatterbox",
      repoUrl: "https://github.com/resemble-ai/chatterbox",
      snippets: chatterbox,
      countDownloads: `path:"tokenizer.json"`,
      filter: false
    },
    chaossim: {
      prettyLabel: "ChaosSIM",
      repoName: "ChaosSIM",
      repoUrl: "https://huggingface.co/OpenPeerAI/ChaosSIM/",
      countDownloads: `path:"ChaosSim.nb"`,
      filter: false
    },
    chat_tts: {
      prettyLabel: "ChatTTS",
      repoName: "ChatTTS",
      repoUrl: "https://github.com/2noise/ChatTTS.git",
      snippets: chattts,
      filter: false,
      countDownloads: `path:"asset/GPT.pt"`
    },
    chexmix: {
      prettyLabel: "CheXmix",
      repoName: "CheXmix",
      repoUrl: "https://github.com/StanfordMIMI/CheXmix",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    "chronos-forecasting": {
      prettyLabel: "Chronos",
      repoName: "Chronos",
      repoUrl: "https://github.com/amazon-science/chronos-forecasting",
      snippets: chronos_forecasting
    },
    clara: {
      prettyLabel: "Clara",
      repoName: "Clara",
      filter: false,
      repoUrl: "https://github.com/nvidia/clara",
      countDownloads: `path_extension:"ckpt" OR path:"config.json"`
    },
    clipscope: {
      prettyLabel: "clipscope",
      repoName: "clipscope",
      repoUrl: "https://github.com/Lewington-pitsos/clipscope",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    "cloud-agents": {
      prettyLabel: "Cloud Agents",
      repoName: "Cloud Agents",
      repoUrl: "https://huggingface.co/OpenPeerAI/Cloud-Agents",
      filter: false,
      countDownloads: `path:"setup.py"`
    },
    collectorvision: {
      prettyLabel: "CollectorVision",
      repoName: "CollectorVision",
      repoUrl: "https://github.com/HanClinto/CollectorVision",
      snippets: collectorvision,
      filter: false,
      countDownloads: `path_extension:"onnx"`
    },
    colipri: {
      prettyLabel: "COLIPRI",
      repoName: "COLIPRI",
      repoUrl: "https://huggingface.co/microsoft/colipri",
      snippets: colipri,
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    cosyvoice: {
      prettyLabel: "CosyVoice",
      repoName: "CosyVoice",
      repoUrl: "https://github.com/FunAudioLLM/CosyVoice",
      filter: false,
      countDownloads: `path_extension:"onnx" OR path_extension:"pt"`
    },
    cotracker: {
      prettyLabel: "CoTracker",
      repoName: "CoTracker",
      repoUrl: "https://github.com/facebookresearch/co-tracker",
      filter: false,
      countDownloads: `path_extension:"pth"`
    },
    colpali: {
      prettyLabel: "ColPali",
      repoName: "ColPali",
      repoUrl: "https://github.com/ManuelFay/colpali",
      filter: false,
      countDownloads: `path:"adapter_config.json"`
    },
    comet: {
      prettyLabel: "COMET",
      repoName: "COMET",
      repoUrl: "https://github.com/Unbabel/COMET/",
      countDownloads: `path:"hparams.yaml"`
    },
    cortiq: {
      prettyLabel: "cortiq",
      repoName: "cortiq",
      repoUrl: "https://github.com/infosave2007/cmf",
      docsUrl: "https://github.com/infosave2007/cmf/blob/master/docs/CMF_V2_SPEC.md",
      snippets: cortiq,
      countDownloads: `path_extension:"cmf"`
    },
    cosmos: {
      prettyLabel: "Cosmos",
      repoName: "Cosmos",
      repoUrl: "https://github.com/NVIDIA/Cosmos",
      countDownloads: `path:"config.json" OR path_extension:"pt"`
    },
    "cxr-foundation": {
      prettyLabel: "CXR Foundation",
      repoName: "cxr-foundation",
      repoUrl: "https://github.com/google-health/cxr-foundation",
      snippets: cxr_foundation,
      filter: false,
      countDownloads: `path:"precomputed_embeddings/embeddings.npz" OR path:"pax-elixr-b-text/saved_model.pb"`
    },
    deepforest: {
      prettyLabel: "DeepForest",
      repoName: "deepforest",
      docsUrl: "https://deepforest.readthedocs.io/en/latest/",
      repoUrl: "https://github.com/weecology/DeepForest"
    },
    "depth-anything-v2": {
      prettyLabel: "DepthAnythingV2",
      repoName: "Depth Anything V2",
      repoUrl: "https://github.com/DepthAnything/Depth-Anything-V2",
      snippets: depth_anything_v2,
      filter: false,
      countDownloads: `path_extension:"pth"`
    },
    "depth-pro": {
      prettyLabel: "Depth Pro",
      repoName: "Depth Pro",
      repoUrl: "https://github.com/apple/ml-depth-pro",
      countDownloads: `path_extension:"pt"`,
      snippets: depth_pro,
      filter: false
    },
    "derm-foundation": {
      prettyLabel: "Derm Foundation",
      repoName: "derm-foundation",
      repoUrl: "https://github.com/google-health/derm-foundation",
      snippets: derm_foundation,
      filter: false,
      countDownloads: `path:"scin_dataset_precomputed_embeddings.npz" OR path:"saved_model.pb"`
    },
    "describe-anything": {
      prettyLabel: "Describe Anything",
      repoName: "Describe Anything",
      repoUrl: "https://github.com/NVlabs/describe-anything",
      snippets: describe_anything,
      filter: false
    },
    "dia-tts": {
      prettyLabel: "Dia",
      repoName: "Dia",
      repoUrl: "https://github.com/nari-labs/dia",
      snippets: dia,
      filter: false
    },
    dia2: {
      prettyLabel: "Dia2",
      repoName: "Dia2",
      repoUrl: "https://github.com/nari-labs/dia2",
      snippets: dia2,
      filter: false
    },
    "diff-interpretation-tuning": {
      prettyLabel: "Diff Interpretation Tuning",
      repoName: "Diff Interpretation Tuning",
      repoUrl: "https://github.com/Aviously/diff-interpretation-tuning",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    diffree: {
      prettyLabel: "Diffree",
      repoName: "Diffree",
      repoUrl: "https://github.com/OpenGVLab/Diffree",
      filter: false,
      countDownloads: `path:"diffree-step=000010999.ckpt"`
    },
    diffusers: {
      prettyLabel: "Diffusers",
      repoName: "🤗/diffusers",
      repoUrl: "https://github.com/huggingface/diffusers",
      docsUrl: "https://huggingface.co/docs/hub/diffusers",
      snippets: diffusers,
      filter: true
      /// diffusers has its own more complex "countDownloads" query
    },
    diffusionkit: {
      prettyLabel: "DiffusionKit",
      repoName: "DiffusionKit",
      repoUrl: "https://github.com/argmaxinc/DiffusionKit",
      snippets: diffusionkit
    },
    "docking-at-home": {
      prettyLabel: "Docking@Home",
      repoName: "Docking@Home",
      repoUrl: "https://huggingface.co/OpenPeerAI/DockingAtHOME",
      filter: false,
      countDownloads: `path:"setup.py"`
    },
    doctr: {
      prettyLabel: "docTR",
      repoName: "doctr",
      repoUrl: "https://github.com/mindee/doctr"
    },
    edsnlp: {
      prettyLabel: "EDS-NLP",
      repoName: "edsnlp",
      repoUrl: "https://github.com/aphp/edsnlp",
      docsUrl: "https://aphp.github.io/edsnlp/latest/",
      filter: false,
      snippets: edsnlp,
      countDownloads: `path_filename:"config" AND path_extension:"cfg"`
    },
    elm: {
      prettyLabel: "ELM",
      repoName: "elm",
      repoUrl: "https://github.com/slicex-ai/elm",
      filter: false,
      countDownloads: `path_filename:"slicex_elm_config" AND path_extension:"json"`
    },
    encoderfile: {
      prettyLabel: "encoderfile",
      repoName: "encoderfile",
      repoUrl: "https://github.com/mozilla-ai/encoderfile",
      filter: false,
      countDownloads: `path_extension:"encoderfile"`
    },
    espnet: {
      prettyLabel: "ESPnet",
      repoName: "ESPnet",
      repoUrl: "https://github.com/espnet/espnet",
      docsUrl: "https://huggingface.co/docs/hub/espnet",
      snippets: espnet,
      filter: true
    },
    eupe: {
      prettyLabel: "EUPE",
      repoName: "EUPE",
      repoUrl: "https://github.com/facebookresearch/EUPE",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    fairseq: {
      prettyLabel: "Fairseq",
      repoName: "fairseq",
      repoUrl: "https://github.com/pytorch/fairseq",
      snippets: fairseq,
      filter: true
    },
    fastai: {
      prettyLabel: "fastai",
      repoName: "fastai",
      repoUrl: "https://github.com/fastai/fastai",
      docsUrl: "https://huggingface.co/docs/hub/fastai",
      snippets: fastai,
      filter: true
    },
    fastprint: {
      prettyLabel: "Fast Print",
      repoName: "Fast Print",
      repoUrl: "https://huggingface.co/OpenPeerAI/FastPrint",
      countDownloads: `path_extension:"cs"`
    },
    fasttext: {
      prettyLabel: "fastText",
      repoName: "fastText",
      repoUrl: "https://fasttext.cc/",
      snippets: fasttext,
      filter: true,
      countDownloads: `path_extension:"bin"`
    },
    fixer: {
      prettyLabel: "Fixer",
      repoName: "Fixer",
      repoUrl: "https://github.com/nv-tlabs/Fixer",
      filter: false,
      countDownloads: `path:"pretrained/pretrained_fixer.pkl"`
    },
    flair: {
      prettyLabel: "Flair",
      repoName: "Flair",
      repoUrl: "https://github.com/flairNLP/flair",
      docsUrl: "https://huggingface.co/docs/hub/flair",
      snippets: flair,
      filter: true,
      countDownloads: `path:"pytorch_model.bin"`
    },
    flexray: {
      prettyLabel: "FleXray",
      repoName: "FleXray",
      repoUrl: "https://github.com/VictorButoi/FleXray",
      filter: false,
      countDownloads: `path_extension:"safetensors" OR path_extension:"onnx"`,
      snippets: flexray
    },
    flextab: {
      prettyLabel: "FlexTab",
      repoName: "FlexTab",
      repoUrl: "https://github.com/SAP-samples/flextab",
      countDownloads: `path_extension:"pt"`,
      snippets: flextab
    },
    fme: {
      prettyLabel: "Full Model Emulation",
      repoName: "Full Model Emulation",
      repoUrl: "https://github.com/ai2cm/ace",
      docsUrl: "https://ai2-climate-emulator.readthedocs.io/en/latest/",
      filter: false,
      countDownloads: `path_extension:"tar"`
    },
    gaussianformer: {
      prettyLabel: "GaussianFormer",
      repoName: "GaussianFormer",
      repoUrl: "https://github.com/SVLwoof/gaussianformer",
      snippets: gaussianformer,
      filter: false,
      countDownloads: `path:"config.json"`
    },
    "gemma.cpp": {
      prettyLabel: "gemma.cpp",
      repoName: "gemma.cpp",
      repoUrl: "https://github.com/google/gemma.cpp",
      filter: false,
      countDownloads: `path_extension:"sbs"`
    },
    "geometry-crafter": {
      prettyLabel: "GeometryCrafter",
      repoName: "GeometryCrafter",
      repoUrl: "https://github.com/TencentARC/GeometryCrafter",
      countDownloads: `path:"point_map_vae/diffusion_pytorch_model.safetensors"`
    },
    gliformer: {
      prettyLabel: "GLiFormer",
      repoName: "GLiFormer",
      repoUrl: "https://github.com/Knowledgator/GLiFormer",
      filter: false,
      countDownloads: `path:"gliner_config.json"`
    },
    gliner: {
      prettyLabel: "GLiNER",
      repoName: "GLiNER",
      repoUrl: "https://github.com/urchade/GLiNER",
      snippets: gliner,
      filter: false,
      countDownloads: `path:"gliner_config.json"`
    },
    gliner2: {
      prettyLabel: "GLiNER2",
      repoName: "GLiNER2",
      repoUrl: "https://github.com/fastino-ai/GLiNER2",
      snippets: gliner2,
      filter: false
    },
    "glm-tts": {
      prettyLabel: "GLM-TTS",
      repoName: "GLM-TTS",
      repoUrl: "https://github.com/zai-org/GLM-TTS",
      filter: false,
      countDownloads: `path:"flow/flow.pt"`
    },
    "glyph-byt5": {
      prettyLabel: "Glyph-ByT5",
      repoName: "Glyph-ByT5",
      repoUrl: "https://github.com/AIGText/Glyph-ByT5",
      filter: false,
      countDownloads: `path:"checkpoints/byt5_model.pt"`
    },
    "granite-library": {
      prettyLabel: "Granite Library",
      repoName: "mellea",
      repoUrl: "https://github.com/generative-computing/mellea",
      filter: false,
      countDownloads: `path_filename:"adapter_config" AND path_extension:"json"`
    },
    grok: {
      prettyLabel: "Grok",
      repoName: "Grok",
      repoUrl: "https://github.com/xai-org/grok-1",
      filter: false,
      countDownloads: `path:"ckpt/tensor00000_000" OR path:"ckpt-0/tensor00000_000"`
    },
    "habibi-tts": {
      prettyLabel: "Habibi-TTS",
      repoName: "Habibi-TTS",
      repoUrl: "https://github.com/SWivid/Habibi-TTS",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    hallo: {
      prettyLabel: "Hallo",
      repoName: "Hallo",
      repoUrl: "https://github.com/fudan-generative-vision/hallo",
      countDownloads: `path:"hallo/net.pth"`
    },
    "minimax-h3": {
      prettyLabel: "MiniMax H3",
      repoName: "MiniMax-H3",
      repoUrl: "https://github.com/MiniMax-AI/MiniMax-H3",
      docsUrl: "https://huggingface.co/MiniMaxAI/MiniMax-H3",
      filter: false,
      countDownloads: `path_extension:"safetensors" OR path_filename:"model_index" OR path_filename:"config" OR path:"modular_model_index.json"`
    },
    mect: {
      prettyLabel: "MECT",
      repoName: "AntSpeaker",
      repoUrl: "https://github.com/ant-research/AntSpeaker",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    hermes: {
      prettyLabel: "HERMES",
      repoName: "HERMES",
      repoUrl: "https://github.com/LMD0311/HERMES",
      filter: false,
      countDownloads: `path:"ckpt/hermes_final.pth"`
    },
    holomotion: {
      prettyLabel: "HoloMotion",
      repoName: "HoloMotion",
      repoUrl: "https://github.com/HorizonRobotics/HoloMotion",
      filter: false,
      countDownloads: `path_extension:"onnx"`
    },
    hezar: {
      prettyLabel: "Hezar",
      repoName: "Hezar",
      repoUrl: "https://github.com/hezarai/hezar",
      docsUrl: "https://hezarai.github.io/hezar",
      countDownloads: `path:"model_config.yaml" OR path:"embedding/embedding_config.yaml"`
    },
    htrflow: {
      prettyLabel: "HTRflow",
      repoName: "HTRflow",
      repoUrl: "https://github.com/AI-Riksarkivet/htrflow",
      docsUrl: "https://ai-riksarkivet.github.io/htrflow",
      snippets: htrflow
    },
    "hunyuan-dit": {
      prettyLabel: "HunyuanDiT",
      repoName: "HunyuanDiT",
      repoUrl: "https://github.com/Tencent/HunyuanDiT",
      countDownloads: `path:"pytorch_model_ema.pt" OR path:"pytorch_model_distill.pt"`
    },
    "hunyuan3d-2": {
      prettyLabel: "Hunyuan3D-2",
      repoName: "Hunyuan3D-2",
      repoUrl: "https://github.com/Tencent/Hunyuan3D-2",
      countDownloads: `path_filename:"model_index" OR path_filename:"config"`
    },
    "hunyuanworld-voyager": {
      prettyLabel: "HunyuanWorld-voyager",
      repoName: "HunyuanWorld-voyager",
      repoUrl: "https://github.com/Tencent-Hunyuan/HunyuanWorld-Voyager"
    },
    "hy-worldplay": {
      prettyLabel: "HY-WorldPlay",
      repoName: "HY-WorldPlay",
      repoUrl: "https://github.com/Tencent-Hunyuan/HY-WorldPlay",
      filter: false,
      countDownloads: `path_extension:"json"`
    },
    "hy-world-2": {
      prettyLabel: "HY-World-2.0",
      repoName: "HY-World-2.0",
      repoUrl: "https://github.com/Tencent-Hunyuan/HY-World-2.0",
      filter: false,
      countDownloads: `path_extension:"json"`
    },
    "image-matching-models": {
      prettyLabel: "Image Matching Models",
      repoName: "Image Matching Models",
      repoUrl: "https://github.com/alexstoken/image-matching-models",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    imstoucan: {
      prettyLabel: "IMS Toucan",
      repoName: "IMS-Toucan",
      repoUrl: "https://github.com/DigitalPhonetics/IMS-Toucan",
      countDownloads: `path:"embedding_gan.pt" OR path:"Vocoder.pt" OR path:"ToucanTTS.pt"`
    },
    "index-tts": {
      prettyLabel: "IndexTTS",
      repoName: "IndexTTS",
      repoUrl: "https://github.com/index-tts/index-tts",
      snippets: indextts,
      filter: false
    },
    infinitetalk: {
      prettyLabel: "InfiniteTalk",
      repoName: "InfiniteTalk",
      repoUrl: "https://github.com/MeiGen-AI/InfiniteTalk",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    "infinite-you": {
      prettyLabel: "InfiniteYou",
      repoName: "InfiniteYou",
      repoUrl: "https://github.com/bytedance/InfiniteYou",
      filter: false,
      countDownloads: `path:"infu_flux_v1.0/sim_stage1/image_proj_model.bin" OR path:"infu_flux_v1.0/aes_stage2/image_proj_model.bin"`
    },
    intellifold: {
      prettyLabel: "IntelliFold",
      repoName: "IntelliFold",
      repoUrl: "https://github.com/IntelliGen-AI/IntelliFold",
      filter: false,
      countDownloads: `path_extension:"pt" OR path_extension:"zst"`
    },
    "ising-decoding": {
      prettyLabel: "Ising Decoding",
      repoName: "Ising-Decoding",
      repoUrl: "https://github.com/NVIDIA/Ising-Decoding",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    "jev-style": {
      prettyLabel: "jev-style",
      repoName: "jev-style",
      repoUrl: "https://github.com/lawrence3699/jev-style",
      snippets: jev_style,
      filter: false,
      countDownloads: `path_extension:"gguf" OR (path_filename:"config" AND path_extension:"json")`
    },
    keras: {
      prettyLabel: "Keras",
      repoName: "Keras",
      repoUrl: "https://github.com/keras-team/keras",
      docsUrl: "https://huggingface.co/docs/hub/keras",
      snippets: keras,
      filter: true,
      countDownloads: `path:"config.json" OR path_extension:"keras"`
    },
    "tf-keras": {
      // Legacy "Keras 2" library (tensorflow-only)
      prettyLabel: "TF-Keras",
      repoName: "TF-Keras",
      repoUrl: "https://github.com/keras-team/tf-keras",
      docsUrl: "https://huggingface.co/docs/hub/tf-keras",
      snippets: tf_keras,
      countDownloads: `path:"saved_model.pb"`
    },
    "keras-hub": {
      prettyLabel: "KerasHub",
      repoName: "KerasHub",
      repoUrl: "https://github.com/keras-team/keras-hub",
      docsUrl: "https://keras.io/keras_hub/",
      snippets: keras_hub,
      filter: true
    },
    zeromodels: {
      prettyLabel: "ZeroModels",
      repoName: "ZeroModels",
      repoUrl: "https://github.com/IMvision12/ZeroModels",
      docsUrl: "https://imvision12.github.io/ZeroModels/",
      snippets: zeromodels,
      countDownloads: `path:"model.weights.h5" OR path:"model.weights.json"`,
      filter: false
    },
    kernels: {
      prettyLabel: "Kernels",
      repoName: "Kernels",
      repoUrl: "https://github.com/huggingface/kernels",
      docsUrl: "https://huggingface.co/docs/kernels",
      snippets: kernels,
      countDownloads: `path_filename:"_ops" AND path_extension:"py"`
    },
    "kimi-audio": {
      prettyLabel: "KimiAudio",
      repoName: "KimiAudio",
      repoUrl: "https://github.com/MoonshotAI/Kimi-Audio",
      snippets: kimi_audio,
      filter: false
    },
    kittentts: {
      prettyLabel: "KittenTTS",
      repoName: "KittenTTS",
      repoUrl: "https://github.com/KittenML/KittenTTS",
      snippets: kittentts
    },
    kronos: {
      prettyLabel: "KRONOS",
      repoName: "KRONOS",
      repoUrl: "https://github.com/mahmoodlab/KRONOS",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    k2: {
      prettyLabel: "K2",
      repoName: "k2",
      repoUrl: "https://github.com/k2-fsa/k2"
    },
    "lyra-2.0": {
      prettyLabel: "Lyra-2.0",
      repoName: "Lyra-2.0",
      repoUrl: "https://github.com/nv-tlabs/lyra",
      filter: false,
      countDownloads: `path:"checkpoints/image_encoder/model.pth"`
    },
    lagernvs: {
      prettyLabel: "LagerNVS",
      repoName: "LagerNVS",
      repoUrl: "https://github.com/facebookresearch/lagernvs",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    laya: {
      prettyLabel: "Laya",
      repoName: "Laya",
      repoUrl: "https://github.com/NandhaKishorM/laya",
      filter: false,
      countDownloads: `path:"rl_agent_config.json"`
    },
    ltx: {
      prettyLabel: "LTX-2",
      repoName: "LTX-2",
      repoUrl: "https://github.com/Lightricks/LTX-2",
      docsUrl: "https://github.com/Lightricks/LTX-2",
      snippets: ltx,
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    "lightning-ir": {
      prettyLabel: "Lightning IR",
      repoName: "Lightning IR",
      repoUrl: "https://github.com/webis-de/lightning-ir",
      snippets: lightning_ir
    },
    litert: {
      prettyLabel: "LiteRT",
      repoName: "LiteRT",
      repoUrl: "https://github.com/google-ai-edge/LiteRT",
      filter: false,
      countDownloads: `path_extension:"tflite"`
    },
    "litert-lm": {
      prettyLabel: "LiteRT-LM",
      repoName: "LiteRT-LM",
      repoUrl: "https://github.com/google-ai-edge/LiteRT-LM",
      snippets: litert_lm,
      filter: false,
      countDownloads: `path_extension:"litertlm" OR path_extension:"task"`
    },
    lerobot: {
      prettyLabel: "LeRobot",
      repoName: "LeRobot",
      repoUrl: "https://github.com/huggingface/lerobot",
      docsUrl: "https://huggingface.co/docs/lerobot",
      filter: false,
      snippets: lerobot
    },
    lightglue: {
      prettyLabel: "LightGlue",
      repoName: "LightGlue",
      repoUrl: "https://github.com/cvg/LightGlue",
      filter: false,
      countDownloads: `path_extension:"pth" OR path:"config.json"`
    },
    liveportrait: {
      prettyLabel: "LivePortrait",
      repoName: "LivePortrait",
      repoUrl: "https://github.com/KwaiVGI/LivePortrait",
      filter: false,
      countDownloads: `path:"liveportrait/landmark.onnx"`
    },
    "longcat-video-avatar-1.5": {
      prettyLabel: "LongCat-Video-Avatar 1.5",
      repoName: "LongCat-Video-Avatar 1.5",
      repoUrl: "https://github.com/meituan-longcat/LongCat-Video",
      filter: false
    },
    "llama-cpp-python": {
      prettyLabel: "llama-cpp-python",
      repoName: "llama-cpp-python",
      repoUrl: "https://github.com/abetlen/llama-cpp-python",
      snippets: llama_cpp_python
    },
    "mini-omni2": {
      prettyLabel: "Mini-Omni2",
      repoName: "Mini-Omni2",
      repoUrl: "https://github.com/gpt-omni/mini-omni2",
      countDownloads: `path:"model_config.yaml"`
    },
    mindspore: {
      prettyLabel: "MindSpore",
      repoName: "mindspore",
      repoUrl: "https://github.com/mindspore-ai/mindspore"
    },
    "magi-1": {
      prettyLabel: "MAGI-1",
      repoName: "MAGI-1",
      repoUrl: "https://github.com/SandAI-org/MAGI-1",
      countDownloads: `path:"ckpt/vae/config.json"`
    },
    "magenta-realtime": {
      prettyLabel: "Magenta RT",
      repoName: "Magenta RT",
      repoUrl: "https://github.com/magenta/magenta-realtime",
      countDownloads: `path:"checkpoints/llm_base_x4286_c1860k.tar" OR path:"checkpoints/llm_large_x3047_c1860k.tar" OR path:"checkpoints/llm_large_x3047_c1860k/checkpoint"`
    },
    "magenta-realtime-2": {
      prettyLabel: "Magenta RT 2",
      repoName: "Magenta RT 2",
      repoUrl: "https://github.com/magenta/magenta-realtime",
      countDownloads: `path:"models/mrt2_base/mrt2_base.mlxfn" OR path:"models/mrt2_small/mrt2_small.mlxfn" OR path:"checkpoints/mrt2_base.safetensors" OR path:"checkpoints/mrt2_small.safetensors"`
    },
    "mamba-ssm": {
      prettyLabel: "MambaSSM",
      repoName: "MambaSSM",
      repoUrl: "https://github.com/state-spaces/mamba",
      filter: false,
      snippets: mamba_ssm
    },
    "manas-1": {
      prettyLabel: "MANAS-1",
      repoName: "MANAS-1",
      repoUrl: "https://github.com/NeurodxAI/manas-1",
      countDownloads: `path_extension:"pt"`
    },
    "mars5-tts": {
      prettyLabel: "MARS5-TTS",
      repoName: "MARS5-TTS",
      repoUrl: "https://github.com/Camb-ai/MARS5-TTS",
      filter: false,
      countDownloads: `path:"mars5_ar.safetensors"`,
      snippets: mars5_tts
    },
    matanyone: {
      prettyLabel: "MatAnyone",
      repoName: "MatAnyone",
      repoUrl: "https://github.com/pq-yang/MatAnyone",
      snippets: matanyone,
      filter: false
    },
    memra: {
      prettyLabel: "memra",
      repoName: "memra",
      repoUrl: "https://github.com/avifenesh/memra",
      snippets: memra,
      filter: false
    },
    "mesh-anything": {
      prettyLabel: "MeshAnything",
      repoName: "MeshAnything",
      repoUrl: "https://github.com/buaacyw/MeshAnything",
      filter: false,
      countDownloads: `path:"MeshAnything_350m.pth"`,
      snippets: mesh_anything
    },
    merlin: {
      prettyLabel: "Merlin",
      repoName: "Merlin",
      repoUrl: "https://github.com/StanfordMIMI/Merlin",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    medvae: {
      prettyLabel: "MedVAE",
      repoName: "MedVAE",
      repoUrl: "https://github.com/StanfordMIMI/MedVAE",
      filter: false,
      countDownloads: `path_extension:"ckpt"`
    },
    mflux: {
      prettyLabel: "mflux",
      repoName: "mflux",
      repoUrl: "https://github.com/filipstrand/mflux",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    microduck: {
      prettyLabel: "Microduck",
      repoName: "Microduck",
      repoUrl: "https://github.com/pollen-robotics/microduck_rl",
      filter: true,
      countDownloads: `path_extension:"onnx"`
    },
    mitie: {
      prettyLabel: "MITIE",
      repoName: "MITIE",
      repoUrl: "https://github.com/mit-nlp/MITIE",
      countDownloads: `path_filename:"total_word_feature_extractor"`
    },
    "ml-agents": {
      prettyLabel: "ml-agents",
      repoName: "ml-agents",
      repoUrl: "https://github.com/Unity-Technologies/ml-agents",
      docsUrl: "https://huggingface.co/docs/hub/ml-agents",
      snippets: mlAgents,
      filter: true,
      countDownloads: `path_extension:"onnx"`
    },
    "ml-sharp": {
      prettyLabel: "Sharp",
      repoName: "Sharp",
      repoUrl: "https://github.com/apple/ml-sharp",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    mlx: {
      prettyLabel: "MLX",
      repoName: "MLX",
      repoUrl: "https://github.com/ml-explore/mlx-examples/tree/main",
      snippets: mlx,
      filter: true
    },
    "mlx-image": {
      prettyLabel: "mlx-image",
      repoName: "mlx-image",
      repoUrl: "https://github.com/riccardomusmeci/mlx-image",
      docsUrl: "https://huggingface.co/docs/hub/mlx-image",
      snippets: mlxim,
      filter: false,
      countDownloads: `path:"model.safetensors"`
    },
    "mlc-llm": {
      prettyLabel: "MLC-LLM",
      repoName: "MLC-LLM",
      repoUrl: "https://github.com/mlc-ai/mlc-llm",
      docsUrl: "https://llm.mlc.ai/docs/",
      filter: false,
      countDownloads: `path:"mlc-chat-config.json"`
    },
    model2vec: {
      prettyLabel: "Model2Vec",
      repoName: "model2vec",
      repoUrl: "https://github.com/MinishLab/model2vec",
      snippets: model2vec,
      filter: false
    },
    mobilint: {
      prettyLabel: "Mobilint",
      repoName: "mblt-model-zoo",
      repoUrl: "https://github.com/mobilint/mblt-model-zoo",
      docsUrl: "https://docs.mobilint.com",
      countDownloads: `path:"config.json" OR path_extension:"mxq"`,
      snippets: mobilint,
      filter: false
    },
    "montreal-forced-aligner": {
      prettyLabel: "Montreal Forced Aligner",
      repoName: "Montreal Forced Aligner",
      repoUrl: "https://github.com/MontrealCorpusTools/Montreal-Forced-Aligner",
      docsUrl: "https://montreal-forced-aligner.readthedocs.io",
      filter: false,
      countDownloads: `path:"acoustic/final.mdl" OR path_extension:"zip"`
    },
    moshi: {
      prettyLabel: "Moshi",
      repoName: "Moshi",
      repoUrl: "https://github.com/kyutai-labs/moshi",
      snippets: moshi,
      filter: false,
      countDownloads: `path:"tokenizer-e351c8d8-checkpoint125.safetensors"`
    },
    mtvcraft: {
      prettyLabel: "MTVCraft",
      repoName: "MTVCraft",
      repoUrl: "https://github.com/baaivision/MTVCraft",
      filter: false,
      countDownloads: `path:"vae/3d-vae.pt"`
    },
    multimolecule: {
      prettyLabel: "MultiMolecule",
      repoName: "MultiMolecule",
      repoUrl: "https://github.com/MultiMolecule/multimolecule",
      docsUrl: "https://multimolecule.danling.org",
      snippets: multimolecule,
      filter: false
    },
    nemo: {
      prettyLabel: "NeMo",
      repoName: "NeMo",
      repoUrl: "https://github.com/NVIDIA/NeMo",
      snippets: nemo,
      filter: true,
      countDownloads: `path_extension:"nemo" OR path:"model_config.yaml" OR path_extension:"json"`
    },
    ninfer: {
      prettyLabel: "NInfer",
      repoName: "NInfer",
      repoUrl: "https://github.com/Neroued/ninfer",
      filter: false,
      countDownloads: `path_extension:"ninfer"`
    },
    nobg: {
      prettyLabel: "nobg",
      repoName: "nobg",
      repoUrl: "https://github.com/feyninc/nobg",
      snippets: nobg,
      filter: false
    },
    "nv-medtech": {
      prettyLabel: "NV-MedTech",
      repoName: "NV-MedTech",
      filter: false,
      repoUrl: "https://github.com/nvidia-medtech",
      countDownloads: `path_extension:"pt" OR path_extension:"safetensors" OR path:"config.json"`
    },
    "open-oasis": {
      prettyLabel: "open-oasis",
      repoName: "open-oasis",
      repoUrl: "https://github.com/etched-ai/open-oasis",
      countDownloads: `path:"oasis500m.safetensors"`
    },
    open_clip: {
      prettyLabel: "OpenCLIP",
      repoName: "OpenCLIP",
      repoUrl: "https://github.com/mlfoundations/open_clip",
      snippets: open_clip,
      filter: true,
      countDownloads: `path:"open_clip_model.safetensors"
			OR path:"model.safetensors"
			OR path:"open_clip_pytorch_model.bin"
			OR path:"pytorch_model.bin"`
    },
    openasr: {
      prettyLabel: "OpenASR",
      repoName: "OpenASR",
      repoUrl: "https://github.com/QuintinShaw/openasr",
      docsUrl: "https://github.com/QuintinShaw/openasr/blob/main/docs/DOCS_INDEX.md",
      snippets: openasr,
      filter: false,
      countDownloads: `path_extension:"oasr"`
    },
    opendde: {
      prettyLabel: "OpenDDE",
      repoName: "OpenDDE",
      repoUrl: "https://github.com/aurekaresearch/OpenDDE",
      docsUrl: "https://huggingface.co/aurekaresearch/OpenDDE/blob/main/docs/inference_instructions.md",
      snippets: opendde,
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    openpeerllm: {
      prettyLabel: "OpenPeerLLM",
      repoName: "OpenPeerLLM",
      repoUrl: "https://huggingface.co/openpeerai/openpeerllm",
      docsUrl: "https://huggingface.co/OpenPeerAI/OpenPeerLLM/blob/main/README.md",
      countDownloads: `path:".meta-huggingface.json"`,
      filter: false
    },
    "open-sora": {
      prettyLabel: "Open-Sora",
      repoName: "Open-Sora",
      repoUrl: "https://github.com/hpcaitech/Open-Sora",
      filter: false,
      countDownloads: `path:"Open_Sora_v2.safetensors"`
    },
    outetts: {
      prettyLabel: "OuteTTS",
      repoName: "OuteTTS",
      repoUrl: "https://github.com/edwko/OuteTTS",
      snippets: outetts,
      filter: false
    },
    paddlenlp: {
      prettyLabel: "paddlenlp",
      repoName: "PaddleNLP",
      repoUrl: "https://github.com/PaddlePaddle/PaddleNLP",
      docsUrl: "https://huggingface.co/docs/hub/paddlenlp",
      snippets: paddlenlp,
      filter: true,
      countDownloads: `path:"model_config.json"`
    },
    PaddleOCR: {
      prettyLabel: "PaddleOCR",
      repoName: "PaddleOCR",
      repoUrl: "https://github.com/PaddlePaddle/PaddleOCR",
      docsUrl: "https://www.paddleocr.ai/",
      snippets: paddleocr,
      filter: true,
      countDownloads: `path_extension:"safetensors" OR path:"inference.pdiparams" OR path:"inference.onnx"`
    },
    peft: {
      prettyLabel: "PEFT",
      repoName: "PEFT",
      repoUrl: "https://github.com/huggingface/peft",
      snippets: peft,
      filter: true,
      countDownloads: `path:"adapter_config.json"`
    },
    "perception-encoder": {
      prettyLabel: "PerceptionEncoder",
      repoName: "PerceptionModels",
      repoUrl: "https://github.com/facebookresearch/perception_models",
      filter: false,
      snippets: perception_encoder,
      countDownloads: `path_extension:"pt"`
    },
    "phantom-wan": {
      prettyLabel: "Phantom",
      repoName: "Phantom",
      repoUrl: "https://github.com/Phantom-video/Phantom",
      snippets: phantom_wan,
      filter: false,
      countDownloads: `path_extension:"pth"`
    },
    piper: {
      prettyLabel: "Piper",
      repoName: "Piper",
      repoUrl: "https://github.com/OHF-Voice/piper1-gpl",
      filter: false,
      countDownloads: `path_extension:"onnx" OR path_extension:"ckpt"`
    },
    "pocket-tts": {
      prettyLabel: "Pocket-TTS",
      repoName: "PocketTTS",
      repoUrl: "https://github.com/kyutai-labs/pocket-tts",
      snippets: pocket_tts,
      filter: false,
      countDownloads: `path:"tts_b6369a24.safetensors"`
    },
    "pruna-ai": {
      prettyLabel: "Pruna AI",
      repoName: "Pruna AI",
      repoUrl: "https://github.com/PrunaAI/pruna",
      snippets: pruna,
      docsUrl: "https://docs.pruna.ai"
    },
    pxia: {
      prettyLabel: "pxia",
      repoName: "pxia",
      repoUrl: "https://github.com/not-lain/pxia",
      snippets: pxia,
      filter: false
    },
    "pyannote-audio": {
      prettyLabel: "pyannote.audio",
      repoName: "pyannote-audio",
      repoUrl: "https://github.com/pyannote/pyannote-audio",
      snippets: pyannote_audio,
      filter: true
    },
    "py-feat": {
      prettyLabel: "Py-Feat",
      repoName: "Py-Feat",
      repoUrl: "https://github.com/cosanlab/py-feat",
      docsUrl: "https://py-feat.org/",
      filter: false
    },
    pythae: {
      prettyLabel: "pythae",
      repoName: "pythae",
      repoUrl: "https://github.com/clementchadebec/benchmark_VAE",
      snippets: pythae,
      filter: false
    },
    quantumpeer: {
      prettyLabel: "QuantumPeer",
      repoName: "QuantumPeer",
      repoUrl: "https://github.com/OpenPeer-AI/QuantumPeer",
      filter: false,
      countDownloads: `path_extension:"setup.py"`
    },
    qwen3_tts: {
      prettyLabel: "Qwen3-TTS",
      repoName: "Qwen3-TTS",
      repoUrl: "https://github.com/QwenLM/Qwen3-TTS",
      snippets: qwen3_tts,
      filter: false
    },
    recurrentgemma: {
      prettyLabel: "RecurrentGemma",
      repoName: "recurrentgemma",
      repoUrl: "https://github.com/google-deepmind/recurrentgemma",
      filter: false,
      countDownloads: `path:"tokenizer.model"`
    },
    relik: {
      prettyLabel: "Relik",
      repoName: "Relik",
      repoUrl: "https://github.com/SapienzaNLP/relik",
      snippets: relik,
      filter: false
    },
    refiners: {
      prettyLabel: "Refiners",
      repoName: "Refiners",
      repoUrl: "https://github.com/finegrain-ai/refiners",
      docsUrl: "https://refine.rs/",
      filter: false,
      countDownloads: `path:"model.safetensors"`
    },
    renderformer: {
      prettyLabel: "RenderFormer",
      repoName: "RenderFormer",
      repoUrl: "https://github.com/microsoft/renderformer",
      snippets: renderformer,
      filter: false
    },
    reverb: {
      prettyLabel: "Reverb",
      repoName: "Reverb",
      repoUrl: "https://github.com/revdotcom/reverb",
      filter: false
    },
    rkllm: {
      prettyLabel: "RKLLM",
      repoName: "RKLLM",
      repoUrl: "https://github.com/airockchip/rknn-llm",
      countDownloads: `path_extension:"rkllm"`
    },
    "robo-orchard-lab": {
      prettyLabel: "RoboOrchardLab",
      repoName: "RoboOrchardLab",
      repoUrl: "https://github.com/HorizonRobotics/RoboOrchardLab",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    "routee-powertrain": {
      prettyLabel: "RouteE-Powertrain",
      repoName: "RouteE-Powertrain",
      repoUrl: "https://github.com/NatLabRockies/routee-powertrain",
      docsUrl: "https://natlabrockies.github.io/routee-powertrain/",
      snippets: routee_powertrain,
      filter: false,
      countDownloads: `path_extension:"onnx" OR path_extension:"joblib"`
    },
    rwkv: {
      prettyLabel: "RWKV",
      repoName: "RWKV-LM",
      repoUrl: "https://github.com/BlinkDL/RWKV-LM",
      docsUrl: "https://rwkv.com/",
      filter: false,
      countDownloads: `path_extension:"pth"`
    },
    saelens: {
      prettyLabel: "SAELens",
      repoName: "SAELens",
      repoUrl: "https://github.com/jbloomAus/SAELens",
      snippets: saelens,
      filter: false
    },
    "scail-2": {
      prettyLabel: "SCAIL-2",
      repoName: "SCAIL-2",
      repoUrl: "https://github.com/zai-org/SCAIL-2",
      filter: false,
      countDownloads: `path:"model/1/fsdp2_rank_0000_checkpoint.pt"`
    },
    sam2: {
      prettyLabel: "sam2",
      repoName: "sam2",
      repoUrl: "https://github.com/facebookresearch/segment-anything-2",
      filter: false,
      snippets: sam2,
      countDownloads: `path_extension:"pt"`
    },
    "sam-3d-body": {
      prettyLabel: "SAM 3D Body",
      repoName: "SAM 3D Body",
      repoUrl: "https://github.com/facebookresearch/sam-3d-body",
      filter: false,
      snippets: sam_3d_body,
      countDownloads: `path:"model_config.yaml"`
    },
    "sam-3d-objects": {
      prettyLabel: "SAM 3D Objects",
      repoName: "SAM 3D Objects",
      repoUrl: "https://github.com/facebookresearch/sam-3d-objects",
      filter: false,
      snippets: sam_3d_objects,
      countDownloads: `path:"checkpoints/pipeline.yaml"`
    },
    same: {
      prettyLabel: "SAME",
      repoName: "SAME",
      repoUrl: "https://github.com/GengzeZhou/SAME",
      filter: false,
      countDownloads: `path:"ckpt/SAME.pt" OR path:"pretrain/Attnq_pretrained_ckpt.pt"`
    },
    "sample-factory": {
      prettyLabel: "sample-factory",
      repoName: "sample-factory",
      repoUrl: "https://github.com/alex-petrenko/sample-factory",
      docsUrl: "https://huggingface.co/docs/hub/sample-factory",
      snippets: sampleFactory,
      filter: true,
      countDownloads: `path:"cfg.json"`
    },
    "sap-rpt-1-oss": {
      prettyLabel: "sap-rpt-1-oss",
      repoName: "sap-rpt-1-oss",
      repoUrl: "https://github.com/SAP-samples/sap-rpt-1-oss",
      countDownloads: `path_extension:"pt"`,
      snippets: sap_rpt_one_oss
    },
    sapiens: {
      prettyLabel: "sapiens",
      repoName: "sapiens",
      repoUrl: "https://github.com/facebookresearch/sapiens",
      filter: false,
      countDownloads: `path_extension:"pt2" OR path_extension:"pth" OR path_extension:"onnx"`
    },
    sapiens2: {
      prettyLabel: "sapiens2",
      repoName: "sapiens2",
      repoUrl: "https://github.com/facebookresearch/sapiens2",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    seedvr: {
      prettyLabel: "SeedVR",
      repoName: "SeedVR",
      repoUrl: "https://github.com/ByteDance-Seed/SeedVR",
      filter: false,
      countDownloads: `path_extension:"pth"`
    },
    "self-forcing": {
      prettyLabel: "SelfForcing",
      repoName: "SelfForcing",
      repoUrl: "https://github.com/guandeh17/Self-Forcing",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    "sentence-transformers": {
      prettyLabel: "sentence-transformers",
      repoName: "sentence-transformers",
      repoUrl: "https://github.com/UKPLab/sentence-transformers",
      docsUrl: "https://huggingface.co/docs/hub/sentence-transformers",
      snippets: sentenceTransformers,
      filter: true
    },
    setfit: {
      prettyLabel: "setfit",
      repoName: "setfit",
      repoUrl: "https://github.com/huggingface/setfit",
      docsUrl: "https://huggingface.co/docs/hub/setfit",
      snippets: setfit,
      filter: true
    },
    shadow: {
      prettyLabel: "Shadow",
      repoName: "Shadow",
      repoUrl: "https://github.com/QLNI/SHADOW-250M-Instruct",
      filter: false,
      countDownloads: `path_extension:"shdw"`
    },
    sklearn: {
      prettyLabel: "Scikit-learn",
      repoName: "Scikit-learn",
      repoUrl: "https://github.com/scikit-learn/scikit-learn",
      snippets: sklearn,
      filter: true,
      countDownloads: `path:"sklearn_model.joblib"`
    },
    spacy: {
      prettyLabel: "spaCy",
      repoName: "spaCy",
      repoUrl: "https://github.com/explosion/spaCy",
      docsUrl: "https://huggingface.co/docs/hub/spacy",
      snippets: spacy,
      filter: true,
      countDownloads: `path_extension:"whl"`
    },
    "span-marker": {
      prettyLabel: "SpanMarker",
      repoName: "SpanMarkerNER",
      repoUrl: "https://github.com/tomaarsen/SpanMarkerNER",
      docsUrl: "https://huggingface.co/docs/hub/span_marker",
      snippets: span_marker,
      filter: true
    },
    speechbrain: {
      prettyLabel: "speechbrain",
      repoName: "speechbrain",
      repoUrl: "https://github.com/speechbrain/speechbrain",
      docsUrl: "https://huggingface.co/docs/hub/speechbrain",
      snippets: speechbrain,
      filter: true,
      countDownloads: `path:"hyperparams.yaml"`
    },
    "ssr-speech": {
      prettyLabel: "SSR-Speech",
      repoName: "SSR-Speech",
      repoUrl: "https://github.com/WangHelin1997/SSR-Speech",
      filter: false,
      countDownloads: `path_extension:".pth"`
    },
    "stable-audio-3": {
      prettyLabel: "Stable Audio 3",
      repoName: "stable-audio-3",
      repoUrl: "https://github.com/Stability-AI/stable-audio-3",
      filter: false,
      countDownloads: `path:"model_config.json"`
    },
    "stable-audio-tools": {
      prettyLabel: "Stable Audio Tools",
      repoName: "stable-audio-tools",
      repoUrl: "https://github.com/Stability-AI/stable-audio-tools.git",
      filter: false,
      countDownloads: `path:"model.safetensors"`,
      snippets: stable_audio_tools
    },
    monkeyocr: {
      prettyLabel: "MonkeyOCR",
      repoName: "monkeyocr",
      repoUrl: "https://github.com/Yuliang-Liu/MonkeyOCR",
      filter: false,
      countDownloads: `path:"Recognition/config.json"`
    },
    "diffusion-single-file": {
      prettyLabel: "Diffusion Single File",
      repoName: "diffusion-single-file",
      repoUrl: "https://github.com/comfyanonymous/ComfyUI",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    "seed-story": {
      prettyLabel: "SEED-Story",
      repoName: "SEED-Story",
      repoUrl: "https://github.com/TencentARC/SEED-Story",
      filter: false,
      countDownloads: `path:"cvlm_llama2_tokenizer/tokenizer.model"`,
      snippets: seed_story
    },
    skala: {
      prettyLabel: "Skala",
      repoName: "Skala",
      repoUrl: "https://github.com/microsoft/skala",
      filter: false,
      countDownloads: `path_extension:"fun"`
    },
    soloaudio: {
      prettyLabel: "SoloAudio",
      repoName: "SoloAudio",
      repoUrl: "https://github.com/WangHelin1997/SoloAudio",
      filter: false,
      countDownloads: `path:"soloaudio_v2.pt"`
    },
    songbloom: {
      prettyLabel: "SongBloom",
      repoName: "SongBloom",
      repoUrl: "https://github.com/Cypress-Yang/SongBloom",
      filter: false,
      countDownloads: `path_extension:"pt"`
    },
    "stable-baselines3": {
      prettyLabel: "stable-baselines3",
      repoName: "stable-baselines3",
      repoUrl: "https://github.com/huggingface/huggingface_sb3",
      docsUrl: "https://huggingface.co/docs/hub/stable-baselines3",
      snippets: stableBaselines3,
      filter: true,
      countDownloads: `path_extension:"zip"`
    },
    stanza: {
      prettyLabel: "Stanza",
      repoName: "stanza",
      repoUrl: "https://github.com/stanfordnlp/stanza",
      docsUrl: "https://huggingface.co/docs/hub/stanza",
      snippets: stanza,
      filter: true,
      countDownloads: `path:"models/default.zip"`
    },
    supertonic: {
      prettyLabel: "Supertonic",
      repoName: "Supertonic",
      repoUrl: "https://github.com/supertone-inc/supertonic",
      snippets: supertonic,
      filter: false
    },
    swarmformer: {
      prettyLabel: "SwarmFormer",
      repoName: "SwarmFormer",
      repoUrl: "https://github.com/takara-ai/SwarmFormer",
      snippets: swarmformer,
      filter: false
    },
    "synthefy-migas": {
      prettyLabel: "Migas",
      repoName: "Migas",
      repoUrl: "https://github.com/Synthefy/synthefy-migas",
      filter: false,
      countDownloads: `path:"model.pt"`
    },
    "f5-tts": {
      prettyLabel: "F5-TTS",
      repoName: "F5-TTS",
      repoUrl: "https://github.com/SWivid/F5-TTS",
      filter: false,
      countDownloads: `path_extension:"safetensors" OR path_extension:"pt"`
    },
    genmo: {
      prettyLabel: "Genmo",
      repoName: "Genmo",
      repoUrl: "https://github.com/genmoai/models",
      filter: false,
      countDownloads: `path:"vae_stats.json"`
    },
    "tencent-song-generation": {
      prettyLabel: "SongGeneration",
      repoName: "SongGeneration",
      repoUrl: "https://github.com/tencent-ailab/songgeneration",
      filter: false,
      countDownloads: `path:"ckpt/songgeneration_base/model.pt"`
    },
    tensorflowtts: {
      prettyLabel: "TensorFlowTTS",
      repoName: "TensorFlowTTS",
      repoUrl: "https://github.com/TensorSpeech/TensorFlowTTS",
      snippets: tensorflowtts
    },
    tensorrt: {
      prettyLabel: "TensorRT",
      repoName: "TensorRT",
      repoUrl: "https://github.com/NVIDIA/TensorRT",
      countDownloads: `path_extension:"onnx"`
    },
    tabpfn: {
      prettyLabel: "TabPFN",
      repoName: "TabPFN",
      repoUrl: "https://github.com/PriorLabs/TabPFN"
    },
    terratorch: {
      prettyLabel: "TerraTorch",
      repoName: "TerraTorch",
      repoUrl: "https://github.com/IBM/terratorch",
      docsUrl: "https://ibm.github.io/terratorch/",
      filter: false,
      countDownloads: `path_extension:"pt" OR path_extension:"ckpt"`,
      snippets: terratorch
    },
    "tic-clip": {
      prettyLabel: "TiC-CLIP",
      repoName: "TiC-CLIP",
      repoUrl: "https://github.com/apple/ml-tic-clip",
      filter: false,
      countDownloads: `path_extension:"pt" AND path_prefix:"checkpoints/"`
    },
    timesfm: {
      prettyLabel: "TimesFM",
      repoName: "timesfm",
      repoUrl: "https://github.com/google-research/timesfm",
      filter: false,
      countDownloads: `path:"config.json" OR path:"torch_model.ckpt" OR path:"checkpoints/checkpoint_1100000/state/checkpoint" OR path:"checkpoints/checkpoint_2150000/state/checkpoint"`
    },
    "timee-ts": {
      prettyLabel: "timee-ts",
      repoName: "timee-ts",
      repoUrl: "https://github.com/liamsbhoo/timee",
      filter: false,
      countDownloads: `path:"model.safetensors"`
    },
    timm: {
      prettyLabel: "timm",
      repoName: "pytorch-image-models",
      repoUrl: "https://github.com/rwightman/pytorch-image-models",
      docsUrl: "https://huggingface.co/docs/hub/timm",
      snippets: timm,
      filter: true,
      countDownloads: `path:"pytorch_model.bin" OR path:"model.safetensors"`
    },
    tirex: {
      prettyLabel: "TiRex",
      repoName: "TiRex",
      repoUrl: "https://github.com/NX-AI/tirex",
      countDownloads: `path_extension:"ckpt"`
    },
    "tirex-2": {
      prettyLabel: "TiRex-2",
      repoName: "TiRex-2",
      repoUrl: "https://github.com/NX-AI/tirex-2",
      countDownloads: `path:"model-config.yaml"`
    },
    torchgeo: {
      prettyLabel: "TorchGeo",
      repoName: "TorchGeo",
      repoUrl: "https://github.com/microsoft/torchgeo",
      docsUrl: "https://torchgeo.readthedocs.io/",
      filter: false,
      countDownloads: `path_extension:"pt" OR path_extension:"pth"`
    },
    transformers: {
      prettyLabel: "Transformers",
      repoName: "🤗/transformers",
      repoUrl: "https://github.com/huggingface/transformers",
      docsUrl: "https://huggingface.co/docs/hub/transformers",
      snippets: transformers,
      filter: true
    },
    "transformers.js": {
      prettyLabel: "Transformers.js",
      repoName: "transformers.js",
      repoUrl: "https://github.com/huggingface/transformers.js",
      docsUrl: "https://huggingface.co/docs/hub/transformers-js",
      snippets: transformersJS,
      filter: true
    },
    trellis: {
      prettyLabel: "Trellis",
      repoName: "Trellis",
      repoUrl: "https://github.com/microsoft/TRELLIS",
      countDownloads: `path_extension:"safetensors"`
    },
    trellis2: {
      prettyLabel: "TRELLIS.2",
      repoName: "TRELLIS.2",
      repoUrl: "https://github.com/microsoft/TRELLIS.2",
      countDownloads: `path_extension:"safetensors"`
    },
    tunejury: {
      prettyLabel: "TuneJury",
      repoName: "TuneJury",
      repoUrl: "https://github.com/yonghyunk1m/TuneJury",
      countDownloads: `path_extension:"pt"`
    },
    ultralytics: {
      prettyLabel: "ultralytics",
      repoName: "ultralytics",
      repoUrl: "https://github.com/ultralytics/ultralytics",
      docsUrl: "https://github.com/ultralytics/ultralytics",
      filter: false,
      countDownloads: `path_extension:"pt"`,
      snippets: ultralytics
    },
    univa: {
      prettyLabel: "univa",
      repoName: "univa",
      repoUrl: "https://github.com/PKU-YuanGroup/UniWorld-V1",
      snippets: univa,
      filter: true,
      countDownloads: `path:"config.json"`
    },
    "uni-3dar": {
      prettyLabel: "Uni-3DAR",
      repoName: "Uni-3DAR",
      repoUrl: "https://github.com/dptech-corp/Uni-3DAR",
      docsUrl: "https://github.com/dptech-corp/Uni-3DAR",
      countDownloads: `path_extension:"pt"`
    },
    "unity-sentis": {
      prettyLabel: "unity-sentis",
      repoName: "unity-sentis",
      repoUrl: "https://github.com/Unity-Technologies/sentis-samples",
      snippets: sentis,
      filter: true,
      countDownloads: `path_extension:"sentis"`
    },
    sana: {
      prettyLabel: "Sana",
      repoName: "Sana",
      repoUrl: "https://github.com/NVlabs/Sana",
      countDownloads: `path_extension:"pth"`,
      snippets: sana
    },
    videoprism: {
      prettyLabel: "VideoPrism",
      repoName: "VideoPrism",
      repoUrl: "https://github.com/google-deepmind/videoprism",
      countDownloads: `path_extension:"npz"`,
      snippets: videoprism
    },
    "vfi-mamba": {
      prettyLabel: "VFIMamba",
      repoName: "VFIMamba",
      repoUrl: "https://github.com/MCG-NJU/VFIMamba",
      countDownloads: `path_extension:"pkl"`,
      snippets: vfimamba
    },
    vismatch: {
      prettyLabel: "VisMatch",
      repoName: "VisMatch",
      repoUrl: "https://github.com/gmberton/vismatch",
      filter: false,
      countDownloads: `path:"vismatch.yaml"`
    },
    lvface: {
      prettyLabel: "LVFace",
      repoName: "LVFace",
      repoUrl: "https://github.com/bytedance/LVFace",
      countDownloads: `path_extension:"pt" OR path_extension:"onnx"`,
      snippets: lvface
    },
    voicecraft: {
      prettyLabel: "VoiceCraft",
      repoName: "VoiceCraft",
      repoUrl: "https://github.com/jasonppy/VoiceCraft",
      docsUrl: "https://github.com/jasonppy/VoiceCraft",
      snippets: voicecraft
    },
    voxcpm: {
      prettyLabel: "VoxCPM",
      repoName: "VoxCPM",
      repoUrl: "https://github.com/OpenBMB/VoxCPM",
      snippets: voxcpm,
      filter: false
    },
    vui: {
      prettyLabel: "Vui",
      repoName: "Vui",
      repoUrl: "https://github.com/vui-ai/vui",
      countDownloads: `path_extension:"pt"`,
      snippets: vui
    },
    vqweb: {
      prettyLabel: "vqweb",
      repoName: "vqweb",
      repoUrl: "https://github.com/rosecky/embedding-quantization-public/tree/main/packages/vqweb",
      docsUrl: "https://www.npmjs.com/package/@thinletterio/vqweb",
      countDownloads: `path_extension:"vqw"`,
      filter: false
    },
    vibevoice: {
      prettyLabel: "VibeVoice",
      repoName: "VibeVoice",
      repoUrl: "https://github.com/microsoft/VibeVoice",
      snippets: vibevoice,
      filter: false
    },
    videox_fun: {
      prettyLabel: "VideoX Fun",
      repoName: "VideoX Fun",
      repoUrl: "https://github.com/aigc-apps/VideoX-Fun",
      filter: false,
      countDownloads: `path_extension:"safetensors"`
    },
    "wan2.2": {
      prettyLabel: "Wan2.2",
      repoName: "Wan2.2",
      repoUrl: "https://github.com/Wan-Video/Wan2.2",
      countDownloads: `path_filename:"config" AND path_extension:"json"`
    },
    wham: {
      prettyLabel: "WHAM",
      repoName: "wham",
      repoUrl: "https://huggingface.co/microsoft/wham",
      docsUrl: "https://huggingface.co/microsoft/wham/blob/main/README.md",
      countDownloads: `path_extension:"ckpt"`
    },
    whisperkit: {
      prettyLabel: "WhisperKit",
      repoName: "WhisperKit",
      repoUrl: "https://github.com/argmaxinc/WhisperKit",
      docsUrl: "https://github.com/argmaxinc/WhisperKit?tab=readme-ov-file#homebrew",
      snippets: whisperkit,
      countDownloads: `path_filename:"model" AND path_extension:"mil" AND _exists_:"path_prefix"`
    },
    yolov10: {
      // YOLOv10 is a fork of ultraLytics. Code snippets and download count are the same but the repo is different.
      prettyLabel: "YOLOv10",
      repoName: "YOLOv10",
      repoUrl: "https://github.com/THU-MIG/yolov10",
      docsUrl: "https://github.com/THU-MIG/yolov10",
      countDownloads: `path_extension:"pt" OR path_extension:"safetensors"`,
      snippets: ultralytics
    },
    yolov26: {
      prettyLabel: "YOLOv26",
      repoName: "YOLOv26",
      repoUrl: "https://github.com/ultralytics/ultralytics",
      docsUrl: "https://docs.ultralytics.com/models/yolo26/",
      countDownloads: `path_extension:"pt" OR path_extension:"safetensors"`
    },
    zonos: {
      prettyLabel: "Zonos",
      repoName: "Zonos",
      repoUrl: "https://github.com/Zyphra/Zonos",
      docsUrl: "https://github.com/Zyphra/Zonos",
      snippets: zonos,
      filter: false
    },
    "3dtopia-xl": {
      prettyLabel: "3DTopia-XL",
      repoName: "3DTopia-XL",
      repoUrl: "https://github.com/3DTopia/3DTopia-XL",
      filter: false,
      countDownloads: `path:"model_vae_fp16.pt"`,
      snippets: threedtopia_xl
    }
  };
  var ALL_MODEL_LIBRARY_KEYS = Object.keys(MODEL_LIBRARIES_UI_ELEMENTS);
  var ALL_DISPLAY_MODEL_LIBRARY_KEYS = Object.entries(MODEL_LIBRARIES_UI_ELEMENTS).filter(([_, v]) => v.filter).map(([k]) => k);

  // hub_code_entry.js
  globalThis.hubCode = (text) => {
    const model = JSON.parse(text);
    const names = [.../* @__PURE__ */ new Set([model.library_name, ...model.tags])];
    const shown = names.filter((name) => Object.hasOwn(MODEL_LIBRARIES_UI_ELEMENTS, name) && MODEL_LIBRARIES_UI_ELEMENTS[name].snippets);
    return JSON.stringify(shown.map((library) => ({ library, samples: MODEL_LIBRARIES_UI_ELEMENTS[library].snippets(model) })));
  };
})();
