-- A session of Neovim with the server: mistakes arrive, completion, hover, formatting, a correction. Run by tests/lsp/neovim.
local file = vim.env.OTTL_FILE
local bad = {}

local function hold(what, good, shown)
  if not good then table.insert(bad, what .. ": " .. vim.inspect(shown)) end
end

local function lines() return vim.api.nvim_buf_get_lines(0, 0, -1, false) end

local function wait(what, ready)
  if not vim.wait(10000, ready, 20) then table.insert(bad, what .. ": nothing came") end
end

-- What docs/editors.md says for this version.
local page = table.concat(vim.fn.readfile(vim.env.OTTL_PAGE), "\n")
local snippet = page:match("\n(    vim%.api%.nvim_create_autocmd.-\n    end }%))")
hold("the page has a snippet", snippet, page:sub(1, 80))
assert(loadstring(snippet or ""))()

vim.cmd("edit " .. file)
hold("the kind of the file", vim.bo.filetype == "ottl", vim.bo.filetype)
local client
wait("start", function()
  _, client = next(vim.lsp.buf_get_clients(0))
  return client and client.initialized
end)

local function ask(method, params)
  local answer = client.request_sync(method, params, 10000, vim.api.nvim_get_current_buf())
  hold(method, answer and not answer.err, answer)
  return answer and answer.result or {}
end

local function at(line, character)
  return { textDocument = vim.lsp.util.make_text_document_params(), position = { line = line, character = character } }
end

wait("diagnostics", function() return #vim.diagnostic.get(0) == 2 end)
local told = vim.diagnostic.get(0)
table.sort(told, function(a, b) return a.lnum < b.lnum end)
hold("the first mistake", told[1] and told[1].lnum == 0 and told[1].col == 4 and told[1].message:match("did you mean `log.body`"), told[1])
hold("the second mistake", told[2] and told[2].lnum == 1 and told[2].severity == vim.diagnostic.severity.WARN, told[2])

local items = ask("textDocument/completion", at(2, 25)).items or {}
local labels = {}
for _, item in ipairs(items) do labels[item.label] = true end
hold("completion", labels["ToUpperCase"] and labels["log.attributes"], vim.tbl_keys(labels))

local hover = ask("textDocument/hover", at(2, 1))
hold("hover", vim.inspect(hover.contents or {}):match("Writes a value"), hover)

local actions = ask("textDocument/codeAction", {
  textDocument = vim.lsp.util.make_text_document_params(),
  range = { start = { line = 0, character = 4 }, ["end"] = { line = 0, character = 12 } },
  context = { diagnostics = {} },
})
hold("correction", actions[1] and actions[1].edit, actions)
if actions[1] and actions[1].edit then vim.lsp.util.apply_workspace_edit(actions[1].edit, client.offset_encoding) end
hold("corrected", lines()[1] == 'set(log.body,"x")', lines())

local edits = ask("textDocument/formatting", { textDocument = vim.lsp.util.make_text_document_params(), options = { tabSize = 2, insertSpaces = true } })
vim.lsp.util.apply_text_edits(edits, 0, client.offset_encoding)
hold("formatted", lines()[1] == 'set(log.body, "x")', lines())
wait("diagnostics afterwards", function() return #vim.diagnostic.get(0) == 1 end)

client.stop()
wait("exit", function() return client.is_stopped() end)

io.stdout:write(#bad == 0 and "neovim: mistakes, completion, hover, correction, formatting\n" or table.concat(bad, "\n") .. "\n")
vim.cmd(#bad == 0 and "qall!" or "cquit!")
