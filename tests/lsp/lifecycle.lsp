# Nothing is answered before `initialize`, and nothing but `exit` after `shutdown`.
> textDocument/hover {"textDocument": {"uri": "file:///a.ottl"}, "position": {"line": 0, "character": 0}}
< {"error": {"code": -32002, "message": "not initialized"}}
~ textDocument/didOpen {"textDocument": {"uri": "file:///a.ottl", "languageId": "ottl", "version": 1, "text": "set("}}
> initialize {"processId": null, "rootUri": "file://$DIR", "capabilities": {"general": {"positionEncodings": ["utf-16", "utf-8"]}}}
< {"capabilities": {"positionEncoding": "utf-8", "textDocumentSync": {"openClose": true, "change": 2}, "completionProvider": {"triggerCharacters": [".", "(", "[", "\"", ",", "="], "resolveProvider": true}, "hoverProvider": true, "signatureHelpProvider": {"triggerCharacters": ["(", ","]}, "definitionProvider": true, "documentSymbolProvider": true, "documentFormattingProvider": true, "documentRangeFormattingProvider": true, "foldingRangeProvider": true, "codeActionProvider": {"codeActionKinds": ["quickfix"]}, "semanticTokensProvider": {"legend": {"tokenTypes": ["comment", "keyword", "function", "method", "namespace", "property", "enumMember", "variable", "parameter", "string", "number", "operator"], "tokenModifiers": ["declaration"]}, "full": true, "range": true}}, "serverInfo": {"name": "ottl", "version": "0.1.0"}}
~ initialized {}
> initialize {"capabilities": {}}
< {"error": {"code": -32600, "message": "initialized twice"}}
> textDocument/hover {"textDocument": {"uri": "file:///a.ottl"}, "position": {"line": 0, "character": 0}}
< {"error": {"code": -32602, "message": "this document is not open"}}
> workspace/symbol {"query": ""}
< {"error": {"code": -32601, "message": "no such method"}}
~ $/setTrace {"value": "off"}
> shutdown
< null
> textDocument/hover {"textDocument": {"uri": "file:///a.ottl"}, "position": {"line": 0, "character": 0}}
< {"error": {"code": -32600, "message": "the server was shut down"}}
~ exit
exit 0
