# Help

  $ ottl --help
  ottl: run OpenTelemetry Transformation Language statements on OTLP payloads
  
  Usage: ottl COMMAND ...
  
    run          transform records with OTTL statements
    filter       drop the records that match a condition (or keep only those)
    route        say which records go to which pipeline, and write them there
    check        find mistakes in statements without running them
    fmt          lay statements out in the canonical way
    test         run the cases of policies: input, and what is to come out
    view         show records as text
    diff         show what statements change, record by record
    trace        follow one record through every statement
    describe     look up functions, paths, enum symbols, limits and codes
    explain      say what statements will do, and what they cost
    explain-code say what a code of an error or warning means
    completions  print what lets a shell complete commands and options
    lsp          serve an editor: the Language Server Protocol over standard input
    help         explain a command
  
    --help      this text; `ottl help COMMAND` tells more and shows examples
    --version   versions of the program and of the language
  
  A first look:
    ottl run -s 'set(log.body, "hello")' logs.jsonl
  $ ottl help run | head -12
  ottl run: transform records with OTTL statements
  
  Usage: ottl run [OPTION]... [FILE]...
  
  Runs statements on every record of OTLP logs, traces or metrics and writes the result. What no
  statement touches comes out as it went in.
  
  Examples:
    mask e-mail addresses in log bodies
      ottl run -s 'replace_pattern(log.body, "[a-z.]+@[a-z.]+", "***")' logs.jsonl
    drop an attribute from all spans, protobuf in, compressed protobuf out
      ottl run -s 'delete_key(span.attributes, "http.url")' traces.pb -o out.pb.zst --compress zstd
  $ ottl filter --help | sed -n '1,3p;/^Options/,/^$/p'
  ottl filter: drop the records that match a condition (or keep only those)
  
  Usage: ottl filter [OPTION]... [FILE]...
  Options:
    -c, --condition CONDITION   a condition; give it again for more, any of them matches
    -f, --file FILE.ottl        read them from a file: one a line, an indented line continues the
                                one before, `#` starts a comment line, a line `context: log` sets
                                the context of what follows. A name that ends in .yaml or .yml is
                                that of a collector configuration, as with --config
        --keep                  the other way round: keep what matches, drop the rest
        --context NAME          resource, scope, log, span, spanevent, metric, datapoint or
                                exemplar; paths may then be written without it (body for log.body).
                                Default: found from the paths, as the collector does
        --error-mode MODE       when a record makes a statement fail:
                                propagate  stop, exit status 5 (default)
                                ignore     go on, warn at the end
                                silent     go on, say nothing
        --show-values           show the records that fail, as OTLP/JSON: the first one of each
                                statement. They may hold what is not meant for a terminal or log
        --signal SIGNAL         logs, traces, metrics or profiles; needed only when neither the
                                paths nor the input (JSON) tell
        --request FILE          what the paths of otelcol read: a JSON object with addr, metadata,
                                grpc (lists of strings by name) and auth, all optional
        --experimental          switch on what may still change: lambdas and what takes them, the
                                contexts profile and profilesample
        --strict-input          check each message as a whole, also what the program does not look
                                at, and refuse what the collector's decoder refuses
        --from FORMAT           format of the input (default: auto, found from the first bytes)
        --to FORMAT             format of the output (default: as the input)
    -o, --output FILE           write there; the file appears when all went well (default: standard output)
        --compress HOW          zstd, gzip or none (default: as the input); zstd:9 sets the level
                                (zstd 1 to 19, gzip 1 to 9)
    -j, --threads N             work with N threads, 0 for as many as there are processors
                                (default: 1); the output is the same, in the same order
        --until-end             of topics: stop where they end now, instead of waiting for more
        --kafka-config WHAT     of topics: KEY=VALUE, a property of librdkafka such as
                                security.protocol=ssl, or a file of such lines (the place for
                                passwords); give it again for more
        --no-progress           do not show how far a long run is (shown on terminals alone, after a
                                second, when the output goes elsewhere)
        --stats                 tell on standard error how many records came, changed, went, and how fast
    -h, --help                  this text
  
  $ ottl help nothing
  ottl: no command `nothing`; `ottl --help` lists them
  [2]
  $ ottl --version | sed 's/ .*//'
  ottl
  language:
  instruction
  PCRE2:
  librdkafka:
