# Profiles are experimental

  $ cat > profiles.json <<'END'
  > {"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"sampleType":{"typeStrindex":1},"samples":[{"attributeIndices":[1]},{}],"period":"5"}]}]}],"dictionary":{"stringTable":["","cpu","pid"],"attributeTable":[{},{"keyStrindex":2,"value":{"intValue":"7"}}]}}
  > END
  $ ottl run -s 'set(profile.period, 10)' profiles.json
  error[E0311]: the profile context is experimental, and that is off
   --> 1:5
    |
  1 | set(profile.period, 10)
    |     ^^^^^^^
    = help: switch it on with `--experimental` (hosts: the compile option `experimental`)
  [3]

What is written goes into the dictionary, once.

  $ ottl run --experimental -s 'set(profilesample.attributes["env"], "prod")' profiles.json
  {"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"sampleType":{"typeStrindex":1},"samples":[{"attributeIndices":[1,2]},{"attributeIndices":[2]}],"period":"5"}]}]}],"dictionary":{"stringTable":["","cpu","pid","env"],"attributeTable":[{},{"keyStrindex":2,"value":{"intValue":"7"}},{"keyStrindex":3,"value":{"stringValue":"prod"}}]}}
  $ ottl run --experimental -s 'set(profile.period, 10) where profile.sample_type.type == "cpu"' profiles.json --to proto -o p.pb
  $ ottl filter --experimental -c 'profilesample.attributes["pid"] == 7' p.pb --to json
  {"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"sampleType":{"typeStrindex":1},"samples":[{}],"period":"10"}]}]}],"dictionary":{"stringTable":["","cpu","pid"],"attributeTable":[{},{"keyStrindex":2,"value":{"intValue":"7"}}]}}
  $ ottl run -s 'set(resource.attributes["env"], "prod")' p.pb --signal profiles --to json
  {"resourceProfiles":[{"resource":{"attributes":[{"key":"env","value":{"stringValue":"prod"}}]},"scopeProfiles":[{"profiles":[{"sampleType":{"typeStrindex":1},"samples":[{"attributeIndices":[1]},{}],"period":"10"}]}]}],"dictionary":{"stringTable":["","cpu","pid"],"attributeTable":[{},{"keyStrindex":2,"value":{"intValue":"7"}}]}}

Names of the dictionary are read when a record is shown.

  $ ottl trace --experimental -s 'set(profilesample.attributes["env"], "prod") where profilesample.attributes["pid"] == 7' profiles.json
  profile 1 (profiles.json: message 1)
  
  1:1 set(profilesample.attributes["env"], "prod") where profilesample.attributes["pid"] == 7 on profilesample 1
    ran
      where profilesample.attributes["pid"] == 7               true
        profilesample.attributes["pid"]                        7
    + profilesample.attributes["env"] = "prod"
  
  1:1 set(profilesample.attributes["env"], "prod") where profilesample.attributes["pid"] == 7 on profilesample 2
    skipped: its condition does not hold
      where profilesample.attributes["pid"] == 7               false
        profilesample.attributes["pid"]                        nil
