// SPDX-License-Identifier: MIT
// GANDER_EXPORT marks what a shared libgander shows; everything else has hidden visibility.
#pragma once

#if defined(_WIN32) && defined(GANDER_SHARED)
#if defined(GANDER_BUILDING)
#define GANDER_EXPORT __declspec(dllexport)
#else
#define GANDER_EXPORT __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define GANDER_EXPORT __attribute__((visibility("default")))
#else
#define GANDER_EXPORT
#endif
