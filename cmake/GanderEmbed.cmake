# SPDX-License-Identifier: MIT
# gander_embed(TARGET NAME app_migrations DIR migrations ...): see below (written next).
function(gander_embed target)
endfunction()
