# What is no message is told, and the next one is read all the same.
raw "Content-Length: 3\r\n\r\n{]}"
< {"id": null, "error": {"code": -32700, "message": "this is not JSON"}}
raw "Content-Length: 2\r\n\r\n[]"
< {"id": null, "error": {"code": -32600, "message": "a message is an object"}}
raw "Content-Length: 4\r\n\r\nnull"
< {"id": null, "error": {"code": -32600, "message": "a message is an object"}}
raw "Content-Type: a\r\n\r\n"
< {"id": null, "error": {"code": -32700, "message": "a header without Content-Length"}}
raw "Content-Length: -1\r\n\r\n"
< {"id": null, "error": {"code": -32700, "message": "a header without Content-Length"}}
raw "Content-Length: 10000000000000000000000000\r\n\r\n"
< {"id": null, "error": {"code": -32700, "message": "a header without Content-Length"}}
raw "Content-Length: 3\r\n\r\n\"\u00ff\""
< {"id": null, "error": {"code": -32700, "message": "this is not JSON"}}

# A length that is wrong costs the messages around it.
raw "Content-Length: 12\r\n\r\n{\"id\": 1}"
raw "Content-Length: 2\r\n\r\n{}"
< {"id": null, "error": {"code": -32700, "message": "this is not JSON"}}
< {"id": null, "error": {"code": -32700, "message": "a header without Content-Length"}}
raw "Content-Length: 4\r\n\r\n{\"id\": 2}"
< {"id": null, "error": {"code": -32700, "message": "this is not JSON"}}
raw "Content-Length: 2\r\n\r\n{}"
< {"id": null, "error": {"code": -32600, "message": "a message without a method"}}

raw "content-length:   2  \r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}"
< {"id": null, "error": {"code": -32600, "message": "a message without a method"}}
raw "Content-Length: 36\n\n{\"id\": [1], \"method\": \"initialize\"} "
< {"id": null, "error": {"code": -32600, "message": "an id is a number or a text"}}
raw "Content-Length: 15\r\n\r\n{\"method\": \"x\"}"
raw "Content-Length: 27\r\n\r\n{\"id\": 5, \"result\": \"none\"}Content-Length: 11\r\n\r\n{\"id\": \"a\"}"
< {"error": {"code": -32600, "message": "a message without a method"}}
> initialize {"capabilities": [], "rootUri": 3, "initializationOptions": [1]}
< {"capabilities": {"positionEncoding": "utf-16", "textDocumentSync": {"openClose": true, "change": 2}, "completionProvider": {"triggerCharacters": [".", "(", "[", "\"", ",", "="], "resolveProvider": true}, "hoverProvider": true, "signatureHelpProvider": {"triggerCharacters": ["(", ","]}, "definitionProvider": true, "documentSymbolProvider": true, "documentFormattingProvider": true, "documentRangeFormattingProvider": true, "foldingRangeProvider": true, "codeActionProvider": {"codeActionKinds": ["quickfix"]}, "semanticTokensProvider": {"legend": {"tokenTypes": ["comment", "keyword", "function", "method", "namespace", "property", "enumMember", "variable", "parameter", "string", "number", "operator"], "tokenModifiers": ["declaration"]}, "full": true, "range": true}}, "serverInfo": {"name": "ottl", "version": "0.1.0"}}
~ initialized {}
~ textDocument/didOpen {"textDocument": 1}
~ textDocument/didOpen []
~ textDocument/didChange {"textDocument": {"uri": "x:y"}, "contentChanges": [{}]}
> textDocument/completion {"textDocument": {"uri": "x:y"}}
< {"error": {"code": -32602, "message": "this document is not open"}}
~ textDocument/didOpen {"textDocument": {"uri": "untitled:1", "languageId": "ottl", "version": 1, "text": "set(log.body, 1)"}}
< {"method": "textDocument/publishDiagnostics", "params": {"uri": "untitled:1", "version": 1, "diagnostics": []}}
> textDocument/completion {"textDocument": {"uri": "untitled:1"}, "position": {"line": -1, "character": 99999999999}}
< {"isIncomplete": false, "items": []}
> textDocument/hover {"textDocument": {"uri": "untitled:1"}, "position": {"line": 1000000000000, "character": 1}}
< null
> textDocument/rangeFormatting {"textDocument": {"uri": "untitled:1"}, "range": 7}
< [{"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 16}}, "newText": "set(log.body, 1)\n"}]
> completionItem/resolve 7
< 7
> completionItem/resolve
< null
> textDocument/codeAction {"textDocument": {"uri": "untitled:1"}}
< []
~ textDocument/didChange {"textDocument": {"uri": "untitled:1"}, "contentChanges": [{"range": {"start": {"line": 5, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "x"}, {"range": {}, "text": "# c\n"}]}
< {"method": "textDocument/publishDiagnostics", "params": {"uri": "untitled:1", "version": 0, "diagnostics": []}}

# What was cancelled before its turn is not worked on.
raw "Content-Length: 138\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":77,\"method\":\"textDocument/hover\",\"params\":{\"textDocument\":{\"uri\":\"untitled:1\"},\"position\":{\"line\":0,\"character\":1}}}Content-Length: 63\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\",\"params\":{\"id\":77}}"
< {"error": {"code": -32800, "message": "cancelled"}}

# The client goes without a word.
exit 1
