# Two commands do everything: `make demo` and `make test`. Each installs what it needs and nothing twice.

SWIFT ?= swift
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
RELEASE = .build/release/riposte
DEBUG = .build/debug/riposte
# A folder of WAV files, each one utterance, for the benchmarks.
RECORDINGS ?= ../shared/audio/commands
# What a conversation needs: Python's package client fetches the models; PortAudio reaches the sound card; SQLite keeps
# conversations; zlib is linked by the HTTP client.
PACKAGES = python3 python3-pip libportaudio2 libasound2-plugins libsqlite3-dev zlib1g-dev
# What the tests need besides: a sound server without a sound card, another voice to compare with, Opus and other forms
# of sound, a browser, a database, a proxy.
TEST_PACKAGES = pulseaudio pulseaudio-utils libespeak-ng1 libopus0 libsndfile1 ffmpeg python3-venv chromium libpq5 \
  postgresql haproxy
# The reference clients of the server's protocols, what drives the browser, and the schemas of Kubernetes, in an
# environment of their own.
CLIENTS = .build/clients
CLIENT_PACKAGES = wyoming 'openai[realtime]' websockets zeroconf playwright kubernetes-validate
# A stand-in for Google's speech services, of Google's own message classes, in an environment of its own.
CLOUD_SERVER = .build/cloud-server
CLOUD_SERVER_PACKAGES = google-cloud-speech google-cloud-texttospeech grpcio cryptography
# The build with the trait Cloud is kept beside the usual one, so that neither undoes the other. A folder that has the usual
# build already has most of what is needed, and takes fewer minutes.
CLOUD_BUILD ?= .build-cloud
CLOUD = --traits Cloud --scratch-path $(CLOUD_BUILD)
CLOUD_PROTOCOL = Sources/RiposteCloud/Google/Protocol
CLOUD_GENERATED = Sources/RiposteCloud/Google/Generated
FUZZ_BUILD ?= .build-fuzz
FUZZ_INPUTS ?= 1000000
# What checks alert rules, out of Debian's package: installed, that would start a server of its own.
MONITORING = .build/monitoring
PROMTOOL = $(MONITORING)/usr/bin/promtool
# Where the example project of Rasa's own package is unpacked for the tests.
RASA = .build/rasa

# Where `make install` puts things, below DESTDIR. Debian's zsh looks for what packages bring in a folder of its own.
PREFIX ?= /usr/local
ZSH_FUNCTIONS = $(if $(filter /usr,$(PREFIX)),share/zsh/vendor-completions,share/zsh/site-functions)
# A build with Swift's libraries inside, for machines without Swift.
STATIC = .build-static
STANDALONE = $(STATIC)/release/riposte
VERSION = $(shell sed -n 's/.*current = "\(.*\)".*/\1/p' Sources/riposte/Version.swift)

.PHONY: demo test fuzz test-cloud cloud-server cloud-protocol build models format lint bench documentation clean packages \
  test-packages test-cluster rasa-project test-clients standalone install uninstall package test-package docs monitoring \
  monitoring-tools

demo: packages build models ## a spoken conversation through the real pipeline; no sound card needed
	$(RELEASE) demo

# With the command as it is built for the tests, because an optimised one takes minutes more. Beside the models it gets
# what the tests of the preparation want: the same as the packages ship it. Not in parallel: several conversations at
# once, each in real time, would starve each other on two cores.
test: packages test-packages test-clients rasa-project monitoring-tools ## everything, with real models and a real sound server
	@echo "== Building (a few minutes the first time)"
	$(SWIFT) build --build-tests
	@echo "== Models"
	$(DEBUG) models fetch
	$(DEBUG) models fetch moonshine-tiny porcupine openwakeword kokoro minilm
	$(DEBUG) models fetch --as-shipped hibari whisper-tiny.en whisper-base
	@echo "== Testing"
	$(SWIFT) test --skip-build --disable-xctest --no-parallel
	@echo "== A cluster, for two minutes"
	$(CLIENTS)/bin/python Examples/cluster/trial.py --short --riposte $(DEBUG)
	@$(MAKE) --no-print-directory test-cloud CLOUD_BUILD=.build

test-cluster: test-packages test-clients models ## three nodes that are killed, a database that is away, timers: ten minutes
	$(CLIENTS)/bin/python Examples/cluster/trial.py --riposte $(RELEASE)

# What comes from the network is read under the address sanitizer, in a build of its own.
fuzz: packages test-packages ## a million mutated inputs for each parser, under the address sanitizer: half an hour and more
	@echo "== Building with the address sanitizer (many minutes the first time)"
	$(SWIFT) build --build-tests --sanitize=address --scratch-path $(FUZZ_BUILD)
	@echo "== Fuzzing"
	RIPOSTE_FUZZ_INPUTS=$(FUZZ_INPUTS) ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --skip-build --sanitize=address \
	  --scratch-path $(FUZZ_BUILD) --disable-xctest --no-parallel \
	  --filter 'FuzzTests|WyomingEventParserTests/survivesMutatedInput|CompressedSoundTests/bearsWhatIsBroken'

# Google's services are in no default build, so what belongs to them is built and tested apart.
test-cloud: packages cloud-server ## Google's services, against a stand-in on this machine
	@echo "== Building with the trait Cloud (some minutes the first time)"
	$(SWIFT) build $(CLOUD) --build-tests
	$(SWIFT) test $(CLOUD) --skip-build --disable-xctest --no-parallel --filter RiposteCloudTests

cloud-server: test-packages ## the stand-in for Google's services
	@[ -x $(CLOUD_SERVER)/bin/python ] || python3 -m venv $(CLOUD_SERVER)
	@$(CLOUD_SERVER)/bin/python -m pip install --quiet --disable-pip-version-check $(CLOUD_SERVER_PACKAGES)

# The generator is of the package's own version, built from its checkout; the compiler is Debian's.
cloud-protocol: ## the Swift of Google's messages, from their .proto files
	@$(call install,protobuf-compiler libprotobuf-dev)
	$(SWIFT) package $(CLOUD) resolve
	$(SWIFT) build --package-path $(CLOUD_BUILD)/checkouts/swift-protobuf --scratch-path .build-protoc --product protoc-gen-swift
	protoc --plugin=.build-protoc/debug/protoc-gen-swift --swift_out=$(CLOUD_GENERATED) -I $(CLOUD_PROTOCOL) \
	  $(CLOUD_PROTOCOL)/*.proto
	@for file in $(CLOUD_GENERATED)/*.pb.swift; do \
	  awk '/^(#if|import)/ && !begun { print "#if Cloud"; begun = 1 } { print } END { print "#endif" }' $$file > $$file.new \
	    && mv $$file.new $$file; \
	done

rasa-project: $(RASA)/rasa/cli/initial_project/domain.yml ## the example project that Rasa's package carries

$(RASA)/rasa/cli/initial_project/domain.yml: Tools/rasa/requirements.txt
	@echo "== Rasa's example project"
	@rm -rf $(RASA) && mkdir -p $(RASA)
	@python3 -m pip download --quiet --disable-pip-version-check --no-input --no-deps --require-hashes \
	  --python-version 3.10 --only-binary=:all: --dest $(RASA) --requirement Tools/rasa/requirements.txt
	@cd $(RASA) && python3 -m zipfile --extract rasa-*.whl . && touch rasa/cli/initial_project/domain.yml

build: packages ## the command, optimised
	@echo "== Building riposte (a few minutes the first time)"
	$(SWIFT) build -c release --product riposte

models: build ## the models a conversation needs, into the cache
	@echo "== Models"
	$(RELEASE) models fetch

packages:
	@$(call install,$(PACKAGES))

test-packages:
	@$(call install,$(TEST_PACKAGES))

test-clients: test-packages ## the clients that the server is tested with
	@[ -x $(CLIENTS)/bin/python ] || python3 -m venv $(CLIENTS)
	@$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check $(CLIENT_PACKAGES)

monitoring-tools: $(PROMTOOL)

$(PROMTOOL):
	@echo "== Prometheus' tool for alert rules"
	@rm -rf $(MONITORING) && mkdir -p $(MONITORING)
	@if command -v apt-get >/dev/null; then \
	  $(SUDO) apt-get update -qq; \
	  cd $(MONITORING) && apt-get download -qq prometheus 2>/dev/null && dpkg-deb --extract prometheus_*.deb .; \
	else echo "This is not Debian: promtool is looked for on the machine." >&2; fi

monitoring: monitoring-tools ## checks the alert rules of Examples/monitoring, and what they ring at
	cd Examples/monitoring && $(CURDIR)/$(PROMTOOL) check rules riposte.rules.yml \
	  && $(CURDIR)/$(PROMTOOL) test rules riposte.rules.test.yml

docs: ## the documentation of the library, for a browser: out/docs
	Tools/docs/make-docs.sh out/docs

standalone: packages ## the command with Swift's libraries inside
	@$(call install,libcurl4-openssl-dev)
	@echo "== Building riposte to stand alone (a few minutes the first time)"
	$(SWIFT) build -c release --product riposte --static-swift-stdlib --scratch-path $(STATIC)

# COMMAND: what is installed; without it, what stands alone is built first. Without Swift on the machine it has to be that
# one, built by somebody who has it.
install: $(if $(COMMAND),,standalone)
install: COMMAND ?= $(STANDALONE)
install: ## command, completions, manual page, services: below $(DESTDIR)$(PREFIX)
	install -D -m 755 $(COMMAND) $(DESTDIR)$(PREFIX)/bin/riposte
	strip --strip-unneeded $(DESTDIR)$(PREFIX)/bin/riposte
	@mkdir -p $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/$(ZSH_FUNCTIONS) \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d $(DESTDIR)$(PREFIX)/share/man/man1
	$(COMMAND) --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/riposte
	$(COMMAND) --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/$(ZSH_FUNCTIONS)/_riposte
	$(COMMAND) --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/riposte.fish
	Packaging/manual.py $(COMMAND) | gzip -9n > $(DESTDIR)$(PREFIX)/share/man/man1/riposte.1.gz
	@mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/systemd/user $(DESTDIR)/etc/default \
	  $(DESTDIR)/etc/riposte
	sed 's#/usr/bin/#$(PREFIX)/bin/#' Packaging/riposte.service > $(DESTDIR)$(PREFIX)/lib/systemd/system/riposte.service
	sed 's#/usr/bin/#$(PREFIX)/bin/#' Packaging/riposte-talk.service \
	  > $(DESTDIR)$(PREFIX)/lib/systemd/user/riposte-talk.service
	@[ -e $(DESTDIR)/etc/default/riposte ] || install -m 600 Packaging/riposte.default $(DESTDIR)/etc/default/riposte
	@[ -e $(DESTDIR)/etc/riposte/serve.yaml ] || install -m 644 Packaging/serve.yaml $(DESTDIR)/etc/riposte/serve.yaml
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/riposte/monitoring Examples/monitoring/*
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/riposte README.md CHANGELOG.md THIRD-PARTY.md
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/riposte/copyright

uninstall: ## what `install` put there, but for what is in /etc
	cd $(DESTDIR)$(PREFIX) && rm -rf bin/riposte share/bash-completion/completions/riposte \
	  $(ZSH_FUNCTIONS)/_riposte share/fish/vendor_completions.d/riposte.fish share/man/man1/riposte.1.gz \
	  lib/systemd/system/riposte.service lib/systemd/user/riposte-talk.service share/doc/riposte

package: ## a Debian package: out/riposte_VERSION_ARCHITECTURE.deb
	@$(call install,dpkg-dev)
	@rm -rf out/stage && mkdir -p out
	$(MAKE) install DESTDIR=$(CURDIR)/out/stage PREFIX=/usr
	Packaging/make-deb.sh out/stage $(VERSION) out/riposte_$(VERSION)_$$(dpkg --print-architecture).deb

test-package: package ## installs that package into a clean Debian root and has it speak there
	@$(call install,debootstrap)
	$(SUDO) $(if $(SUDO),--preserve-env=RIPOSTE_MODELS) Packaging/check-deb.sh out/riposte_$(VERSION)_$$(dpkg --print-architecture).deb

format: ## the repository's own style
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

lint: ## what `format` would change, and more
	$(SWIFT) format lint --recursive --parallel --strict Package.swift Sources Tests

bench: build models ## the figures of the README
	$(RELEASE) bench stt $(RECORDINGS)
	$(RELEASE) bench tts
	$(RELEASE) bench turns $(RECORDINGS)

documentation: ## what Documentation/TurnTaking.md takes from the code
	RIPOSTE_UPDATE_DOCUMENTATION=1 $(SWIFT) test --disable-xctest --filter TurnTakingPageTests

clean: ## what was built; models stay
	$(SWIFT) package clean

# Installs the Debian packages that are not there yet. Elsewhere than on Debian it says what is wanted.
define install
missing=""; for package in $(1); do \
  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
  echo "== Installing Debian packages:$$missing"; \
  if command -v apt-get >/dev/null; then \
    $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
  else \
    echo "This is not Debian: please install the equivalents of$$missing." >&2; \
  fi; \
fi
endef
